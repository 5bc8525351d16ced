"""The scripts of Compose make what `create_roles` makes, run again they change nothing, and the old question works."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy import URL, NullPool, make_url

from telar.adapters.warehouse import open_warehouse
from telar.adapters.warehouse.migrate import migrate
from telar.adapters.warehouse.names import DATABASE, Role
from telar.adapters.warehouse.roles import create_roles, role_url
from telar.embedded import postgres
from tests.integration.warehouse.making import stored
from tests.support.databases import TestDatabase
from tests.support.servers import MYSQL_IMAGE, running_postgres
from tests.support.tiny import TINY

SCRIPTS = Path(__file__).parents[3] / "init-scripts"
PASSWORDS = {role: SecretStr(f'it\'s \\ "{role}" $HOME `x`') for role in Role}
VARIABLES = {f"TELAR_DB_{role.name}_PASSWORD": password.get_secret_value() for role, password in PASSWORDS.items()}


def run_with_psql(script: str, url: URL, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{postgres.program('psql').parent}{os.pathsep}{os.environ['PATH']}",
        **{"PGHOST": str(url.host), "PGPORT": str(url.port), "PGUSER": str(url.username)},
        "PGPASSWORD": str(url.password),
        **variables,
    }
    return subprocess.run(
        ["sh", str(SCRIPTS / "postgresql" / script)], env=environment, capture_output=True, text=True, check=False
    )


def run_with_mysql(script: str, url: URL, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run by the client of the image, which no development machine needs to have."""
    given = {
        **{"MYSQL_HOST": str(url.host), "MYSQL_TCP_PORT": str(url.port or 3306)},
        "MYSQL_ROOT_PASSWORD": str(url.password),
        **variables,
    }
    names = [word for name in given for word in ("--env", name)]
    command = ["docker", "run", "--rm", "--interactive", "--network", "host", *names, MYSQL_IMAGE, "sh", "-s"]
    return subprocess.run(
        command,
        env={**os.environ, **given},
        input=(SCRIPTS / "mysql" / script).read_text(),
        capture_output=True,
        text=True,
        check=False,
    )


def postgres_shape(admin: SecretStr) -> list[object]:
    """Roles, memberships, the database's rights and settings."""
    questions = (
        "SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE oid > 16383 ORDER BY 1",
        "SELECT roleid::regrole::text, member::regrole::text, set_option FROM pg_auth_members ORDER BY 1, 2",
        "SELECT datname, datdba::regrole::text, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a) "
        "FROM pg_database WHERE NOT datistemplate ORDER BY 1",
        "SELECT setrole::regrole::text, setconfig::text FROM pg_db_role_setting ORDER BY 1",
    )
    engine = sa.create_engine(admin.get_secret_value(), poolclass=NullPool)
    with engine.connect() as connection:
        return [connection.execute(sa.text(question.replace(":", r"\:"))).all() for question in questions]


def mysql_grants(admin: SecretStr, prefix: str) -> list[str]:
    """Every grant of the warehouse's users, without its prefix."""
    engine = sa.create_engine(admin.get_secret_value(), poolclass=NullPool)
    escaped = prefix.replace("_", r"\_")
    with engine.connect() as connection:
        grants = [
            str(line)
            for role in Role
            for line in connection.exec_driver_sql(f"SHOW GRANTS FOR '{prefix}{role}'@'%%'").scalars()
        ]
    return sorted(line.replace(escaped, "").replace(prefix, "") for line in grants)


@pytest.mark.engines("postgresql")
def test_the_script_for_postgresql_makes_what_create_roles_makes(tmp_path_factory: pytest.TempPathFactory) -> None:
    with (
        running_postgres(tmp_path_factory.mktemp("by script")) as scripted,
        running_postgres(tmp_path_factory.mktemp("by code")) as coded,
    ):
        for _ in range(2):
            done = run_with_psql("warehouse.sh", make_url(scripted.get_secret_value()), VARIABLES)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
            create_roles(coded, PASSWORDS)
        assert postgres_shape(scripted) == postgres_shape(coded)

        urls = {role: role_url(scripted, role, PASSWORDS[role]) for role in Role}
        migrate(urls[Role.OWNER], [TINY])
        with open_warehouse(urls[Role.PIPELINE]) as pipeline:
            stored(pipeline, 1)
        assert ask_as_batchuser(urls[Role.PIPELINE]).splitlines()[2].split("|")[:3] == [
            "            1 ",
            "             2 ",
            " stored ",
        ]


def ask_as_batchuser(url: SecretStr) -> str:
    """The question of the replaced systems, by psql."""
    plain = make_url(url.get_secret_value())
    where = ["-h", str(plain.host), "-p", str(plain.port), "-U", "batchuser", "-d", DATABASE]
    return subprocess.run(
        [str(postgres.program("psql")), *where, "-c", "SELECT * FROM batch_status ORDER BY batch_number"],
        env={"PGPASSWORD": str(plain.password), "PAGER": ""},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.engines("postgresql")
def test_the_script_for_airflow_makes_a_database_that_airflow_owns(tmp_path_factory: pytest.TempPathFactory) -> None:
    password = tmp_path_factory.mktemp("secrets") / "airflow"
    password.write_text("from a file")
    with running_postgres(tmp_path_factory.mktemp("for airflow")) as admin:
        url = make_url(admin.get_secret_value())
        for _ in range(2):
            done = run_with_psql("airflow.sh", url, {"TELAR_DB_AIRFLOW_PASSWORD_FILE": str(password)})
            assert (done.returncode, done.stderr) == (0, "")
        own = url.set(username="airflow", password="from a file", database="airflow")
        with sa.create_engine(own, poolclass=NullPool).begin() as connection:
            connection.exec_driver_sql("CREATE TABLE mine (id INTEGER)")


def test_a_missing_password_is_named(postgres_server: SecretStr) -> None:
    done = run_with_psql("warehouse.sh", make_url(postgres_server.get_secret_value()), {})

    assert done.returncode == 1
    assert "set TELAR_DB_OWNER_PASSWORD or TELAR_DB_OWNER_PASSWORD_FILE" in done.stderr


@pytest.mark.engines("mysql")
def test_the_script_for_mysql_makes_what_create_roles_makes(test_database: TestDatabase) -> None:
    url, prefix = make_url(test_database.server.get_secret_value()), "by_script_"
    for _ in range(2):
        done = run_with_mysql("warehouse.sh", url, {**VARIABLES, "TELAR_WAREHOUSE_PREFIX": prefix})
        if done.returncode in (125, 127):
            pytest.skip(f"no docker to run the image's client: {done.stderr}")
        assert (done.returncode, done.stderr) == (0, "")
    scripted = TestDatabase(test_database.server, f"{prefix}OPS", PASSWORDS)
    create_roles(test_database.server, PASSWORDS, "by_code_OPS")
    coded = TestDatabase(test_database.server, "by_code_OPS", PASSWORDS)

    assert mysql_grants(scripted.server, prefix) == mysql_grants(coded.server, "by_code_")
    migrate(scripted.owner_url, [TINY])
    with open_warehouse(scripted.pipeline_url) as pipeline:
        stored(pipeline, 1)
    coded.drop()
    scripted.drop()


@pytest.mark.engines("mysql")
def test_the_script_for_mlflow_makes_a_database_that_mlflow_owns(test_database: TestDatabase) -> None:
    url = make_url(test_database.server.get_secret_value())
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if connection.exec_driver_sql("SHOW DATABASES LIKE 'mlflow'").first():
            pytest.skip("this server has a database mlflow already: it may be somebody's")
    done = run_with_mysql("mlflow.sh", url, {"TELAR_DB_MLFLOW_PASSWORD": "it's"})
    if done.returncode in (125, 127):
        pytest.skip(f"no docker to run the image's client: {done.stderr}")
    assert (done.returncode, done.stderr) == (0, "")
    own = url.set(username="mlflow", password="it's", database="mlflow")
    with sa.create_engine(own, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE mine (id INTEGER)")
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE mlflow")
        connection.exec_driver_sql("DROP USER 'mlflow'@'%%'")
