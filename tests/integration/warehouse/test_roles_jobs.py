"""The jobs of Compose make databases and roles at every start, and change nothing on a server that refuses them."""

import os
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy import URL, NullPool, make_url

from telar.adapters.warehouse.names import Role
from telar.adapters.warehouse.roles import role_url
from telar.embedded import postgres
from tests.support.databases import TestDatabase
from tests.support.ports import free_port
from tests.support.servers import MYSQL_IMAGE, running_postgres

SCRIPTS = Path(__file__).parents[3] / "init-scripts"
PASSWORD = 'it\'s \\ "any" $HOME `x`'
ROLES = ("airflow", "mlflow", "owner", "pipeline", "inference", "reader")


def secrets_for(admin: str, folder: Path) -> Path:
    """The folder that such a job finds at /run/secrets."""
    folder.chmod(0o755)
    for role in ROLES:
        (folder / f"telar_db_{role}_password").write_text(f"{role}: {PASSWORD}")
    (folder / "telar_db_admin_password").write_text(admin)
    return folder


def run_on_postgresql(url: URL, secrets: Path, warehouse_url: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{postgres.program('psql').parent}{os.pathsep}{os.environ['PATH']}",
        **{"PGHOST": str(url.host), "PGPORT": str(url.port), "PGUSER": str(url.username)},
        **{"TELAR_SECRETS_FOLDER": str(secrets), "TELAR_WAREHOUSE_URL": warehouse_url},
    }
    command = ["sh", str(SCRIPTS / "postgresql" / "roles.sh")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def run_on_mysql(url: URL, secrets: Path, warehouse_url: str) -> subprocess.CompletedProcess[str]:
    """In a container like that of Compose; MLflow's database is elsewhere, since this server may be somebody's."""
    given = {"MYSQL_HOST": url.host, "MYSQL_TCP_PORT": url.port or 3306, "TELAR_WAREHOUSE_URL": warehouse_url}
    given["TELAR_MLFLOW_DATABASE_URL"] = "mysql://elsewhere/mlflow"
    command = [
        "docker",
        "run",
        "--rm",
        "--network=host",
        "--user=999:999",
        "--read-only",
        "--cap-drop=ALL",
        "--tmpfs=/tmp",
    ]
    command += [f"--volume={SCRIPTS}:/init-scripts:ro", f"--volume={secrets}:/run/secrets:ro"]
    command += [*(f"--env={name}={value}" for name, value in given.items()), "--entrypoint=sh"]
    command += [MYSQL_IMAGE, "/init-scripts/mysql/roles.sh"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode in (125, 127):
        pytest.skip(f"no docker to run the job's image: {done.stderr}")
    return done


def asked(url: URL | SecretStr, question: str) -> list[object]:
    plain = url.get_secret_value() if isinstance(url, SecretStr) else url
    with sa.create_engine(plain, poolclass=NullPool).connect() as connection:
        return list(connection.exec_driver_sql(question).scalars())


@pytest.mark.engines("postgresql")
def test_the_job_for_postgresql_makes_airflow_and_the_warehouse_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "secrets").mkdir()
    with running_postgres(tmp_path / "server") as admin:
        url = make_url(admin.get_secret_value())
        secrets = secrets_for(str(url.password), tmp_path / "secrets")
        databases = "SELECT datname::text FROM pg_database WHERE NOT datistemplate ORDER BY 1"

        elsewhere = run_on_postgresql(url, secrets, "mysql://mysql:3306/OPS")
        assert (elsewhere.returncode, elsewhere.stderr) == (0, "")
        assert asked(admin, databases) == ["airflow", "postgres"]

        for _ in range(2):
            done = run_on_postgresql(url, secrets, f"postgresql://{url.host}:{url.port}/batches_db?sslmode=disable")
            assert (done.returncode, done.stderr) == (0, "")
        assert asked(admin, databases) == ["airflow", "batches_db", "postgres"]
        airflow = url.set(username="airflow", password=f"airflow: {PASSWORD}", database="airflow")
        assert asked(airflow, "SELECT 1") == [1]
        reader = role_url(admin, Role.READER, SecretStr(f"reader: {PASSWORD}"))
        assert asked(reader, "SELECT 1") == [1]


@pytest.mark.engines("mysql")
def test_the_job_for_mysql_makes_the_warehouse_that_is_there(test_database: TestDatabase, tmp_path: Path) -> None:
    admin = test_database.server
    url = make_url(admin.get_secret_value())
    secrets = secrets_for(str(url.password), tmp_path)
    databases = "SHOW DATABASES LIKE 'by\\\\_job\\\\_%%'"

    assert run_on_mysql(url, secrets, "postgresql://postgres:5432/batches_db").returncode == 0
    assert asked(url, databases) == []

    for _ in range(2):
        done = run_on_mysql(url, secrets, f"mysql://{url.host}:{url.port}/by_job_OPS")
        assert (done.returncode, done.stderr) == (0, "")
    made = TestDatabase(admin, "by_job_OPS", {role: SecretStr(f"{role.name.lower()}: {PASSWORD}") for role in Role})
    try:
        assert asked(url, databases) == ["by_job_CLEAN_DATA", "by_job_OPS", "by_job_RAW_DATA"]
        assert asked(made.owner_url, "SELECT 1") == [1]
    finally:
        made.drop()


def test_a_volume_of_another_installation_is_told_and_left_alone(postgres_server: SecretStr, tmp_path: Path) -> None:
    url = make_url(postgres_server.get_secret_value())

    done = run_on_postgresql(url, secrets_for("of another .env", tmp_path), "postgresql://127.0.0.1/batches_db")

    assert done.returncode == 1
    assert f"PostgreSQL at {url.host} refuses the admin's password" in done.stderr
    assert "put the .env of that installation back" in done.stderr
    assert "make destroy" in done.stderr
    assert "of another .env" not in done.stderr


@pytest.mark.engines("mysql")
def test_a_mysql_volume_of_another_installation_is_told_and_left_alone(
    test_database: TestDatabase, tmp_path: Path
) -> None:
    url = make_url(test_database.server.get_secret_value())

    done = run_on_mysql(url, secrets_for("of another .env", tmp_path), "mysql://127.0.0.1/by_job_OPS")

    assert done.returncode == 1
    assert f"MySQL at {url.host} refuses the admin's password" in done.stderr
    assert "make destroy" in done.stderr


def test_a_warehouse_without_a_name_is_told(postgres_server: SecretStr, tmp_path: Path) -> None:
    url = make_url(postgres_server.get_secret_value())

    done = run_on_postgresql(url, secrets_for(str(url.password), tmp_path), f"postgresql://{url.host}:{url.port}")

    assert (done.returncode, "TELAR_WAREHOUSE_URL names no database" in done.stderr) == (1, True)


def test_a_server_that_is_away_is_told_with_its_address(postgres_server: SecretStr, tmp_path: Path) -> None:
    port = free_port()
    away = make_url(postgres_server.get_secret_value()).set(port=port)

    done = run_on_postgresql(away, secrets_for("any", tmp_path), "")

    assert done.returncode == 1
    assert f"PostgreSQL at 127.0.0.1, port {port}, is away" in done.stderr
