"""Airflow gets each secret and each URL from a command, whole; what it says when it fails holds nothing secret."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from services.airflow import secret_url
from services.airflow.secret_url import NoSecret, broker, database_url, metadata, results, secret

PASSWORD = "p@ss/w%rd: #1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Secrets as `make env` writes them, with a password that no URL takes as it is."""
    (tmp_path / "telar_db_airflow_password").write_text(PASSWORD)
    (tmp_path / "telar_redis_password").write_text(PASSWORD)
    return tmp_path


def test_a_secret_is_printed_to_the_last_character_and_not_one_further(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "telar_airflow_fernet_key").write_text("key=\n")
    secret_url.main(["secret", "telar_airflow_fernet_key"], folder)
    assert capsys.readouterr().out == "key="


def test_the_login_is_put_into_the_url_of_the_database(folder: Path) -> None:
    url = make_url(metadata({}, folder))
    assert (url.drivername, url.host, url.port, url.database) == ("postgresql+psycopg2", "postgres", 5432, "airflow")
    assert (url.username, url.password) == ("airflow", PASSWORD)


def test_an_external_database_keeps_its_options_and_the_user_that_it_names(folder: Path) -> None:
    environment = {"TELAR_AIRFLOW_DATABASE_URL": "postgresql://someone@db.example:6432/air?sslmode=require"}
    url = make_url(database_url(environment, folder))
    assert (url.username, url.password, url.query["sslmode"]) == ("someone", PASSWORD, "require")


def test_a_login_that_the_url_holds_needs_no_file(tmp_path: Path) -> None:
    environment = {"TELAR_AIRFLOW_DATABASE_URL": "postgresql+psycopg2://u:p%40@db/air"}
    assert database_url(environment, tmp_path) == "postgresql://u:p%40@db/air"


def test_results_go_to_the_same_database_and_messages_through_redis(folder: Path) -> None:
    assert results({}, folder) == f"db+{metadata({}, folder)}"
    assert make_url(broker({}, folder)).password == PASSWORD


@pytest.mark.parametrize(
    "url", ["mysql://u:hidden@mysql:3306/airflow", "postgres:5432/airflow", "postgresql://postgres:5432", "sqlite:///a"]
)
def test_what_is_no_postgresql_database_is_refused_without_showing_a_password(url: str, folder: Path) -> None:
    with pytest.raises(NoSecret, match="Airflow's tables lie in PostgreSQL") as caught:
        database_url({"TELAR_AIRFLOW_DATABASE_URL": url}, folder)
    assert "hidden" not in str(caught.value)


def test_a_secret_that_is_missing_or_empty_is_named_with_what_writes_it(folder: Path) -> None:
    (folder / "telar_airflow_jwt_secret").touch()
    with pytest.raises(NoSecret, match="telar_airflow_jwt_secret is empty; `make env`"):
        secret("telar_airflow_jwt_secret", folder)
    with pytest.raises(NoSecret, match="telar_airflow_password: No such file or directory; `make env`"):
        secret("telar_airflow_password", folder)


def test_the_command_runs_without_telar_and_without_any_package() -> None:
    words = [sys.executable, "-IS", secret_url.__file__, "secret", "of_nobody"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "/run/secrets/of_nobody" in done.stderr


def test_what_it_cannot_print_it_answers_with_what_it_can(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="say one of: secret NAME, database, metadata, results, broker"):
        secret_url.main(["everything"])
    assert capsys.readouterr().out == ""
