"""MLflow's tables and users are made once, and kept; what was left half-made is made anew."""

import pytest
from pydantic import SecretStr
from sqlalchemy import NullPool, create_engine, inspect, text

from services.mlflow.migration import MARKER
from services.mlflow.settings import ADMIN, READER, DatabaseSettings
from tests.services.mlflow.server import Mlflow, database, install


def url_of(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    with monkeypatch.context() as environment:
        for name, value in given.items():
            environment.setenv(name, value)
        return DatabaseSettings().mlflow_database_url.get_secret_value()


def test_a_second_install_keeps_what_is_there_and_sets_the_passwords_of_env(
    mlflow: Mlflow, mlflow_database: dict[str, str]
) -> None:
    kept = mlflow.ask("POST", "/api/2.0/mlflow/experiments/create", ADMIN, json={"name": "kept"})
    body = {"username": READER, "password": "changed by somebody"}
    assert mlflow.ask("PATCH", "/api/2.0/mlflow/users/update-password", ADMIN, json=body).ok
    asked = f"/api/2.0/mlflow/experiments/get?experiment_id={kept.json()['experiment_id']}"
    assert mlflow.ask("GET", asked, READER).status_code == 401

    done = install(mlflow_database)

    assert done.returncode == 0, done.stderr
    assert mlflow.ask("GET", asked, READER).json()["experiment"]["name"] == "kept"


def test_a_first_install_that_was_killed_half_way_begins_anew(
    mysql_server: SecretStr, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database(mysql_server) as given:
        engine = create_engine(url_of(given, monkeypatch), poolclass=NullPool)
        with engine.begin() as connection:
            for name in (MARKER, "users", "`a table's name`"):
                connection.execute(text(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)"))

        done = install(given)

        assert done.returncode == 0, done.stderr
        tables = set(inspect(engine).get_table_names())
    assert {"experiments", "roles", "alembic_version_auth"} < tables
    assert not {MARKER, "a table's name"} & tables


def test_its_tables_may_lie_in_postgresql(postgres_server: SecretStr) -> None:
    with database(postgres_server) as given:
        done = install(given)
        assert done.returncode == 0, done.stderr


def test_a_refused_password_is_told_at_once(postgres_server: SecretStr) -> None:
    with database(postgres_server) as given:
        done = install({**given, "TELAR_DB_MLFLOW_PASSWORD": "of another installation"})

    assert done.returncode == 1
    assert "MLflow's database refuses its user" in done.stderr
    assert "TELAR_DB_MLFLOW_PASSWORD of .env" in done.stderr
    assert "of another installation" not in done.stderr


def test_a_password_that_mlflow_would_refuse_is_named_before_anything_is_made() -> None:
    done = install({"TELAR_MLFLOW_PASSWORD": "too short", "TELAR_DB_MLFLOW_PASSWORD": "any"})

    assert (done.returncode, "TELAR_MLFLOW_PASSWORD" in done.stderr) == (1, True)
    assert "at least 12" in done.stderr
