"""Airflow as the containers run it: tables and administrator by `install`, logins by FAB, the database by a command."""

import os
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from services.airflow import secret_url
from telar.adapters.warehouse.roles import create_database
from tests.support.ports import free_port
from tests.support.spine import PROJECT, wait_until

NAME = "airflow_in_containers"
DATABASE_PASSWORD = SecretStr("p@ss/w%rd: #1")
INSTALL = """
import os
from services.airflow.install import install
install(os.environ["TELAR_AIRFLOW_DATABASE_URL"], os.environ["ADMIN_PASSWORD"])
"""
URL = "TELAR_AIRFLOW_DATABASE_URL"


@dataclass(frozen=True)
class Airflow:
    """An Airflow with its own database on the session's PostgreSQL."""

    folder: Path
    port: int
    environment: Mapping[str, str]

    def install(self, password: str) -> None:
        """Run `install` with that administrator's password."""
        environment = {**self.environment, "ADMIN_PASSWORD": password}
        words = [sys.executable, "-c", INSTALL]
        done = subprocess.run(
            words, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=200
        )
        assert done.returncode == 0, done.stderr

    def healthy(self, name: str) -> str:
        """What the healthcheck of that service says against it; nothing where it is well."""
        words = [sys.executable, "-m", "services.airflow.healthy", name]
        done = subprocess.run(
            words, cwd=PROJECT, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert (done.returncode == 0) == (done.stderr == "")
        return done.stderr

    def telling(self, **variables: str) -> "Airflow":
        """The same one with further variables."""
        return replace(self, environment={**self.environment, **variables})


@pytest.fixture(scope="module")
def airflow(postgres_server: SecretStr, tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    """A database without any table, and what Airflow is told of it."""
    folder, port = tmp_path_factory.mktemp("airflow"), free_port()
    name = f"{NAME}_{secrets.token_hex(3)}"
    create_database(postgres_server, name, NAME, DATABASE_PASSWORD)
    url = make_url(postgres_server.get_secret_value())
    url = url.set(drivername="postgresql", username=NAME, password=DATABASE_PASSWORD.get_secret_value(), database=name)
    return Airflow(folder, port, _environment(folder, port, url.render_as_string(hide_password=False)))


@contextmanager
def running_api_server(airflow: Airflow) -> Iterator["subprocess.Popen[bytes]"]:
    """`airflow api-server`, until the block ends."""
    words = [sys.executable, "-m", "airflow", "api-server", "--host", "127.0.0.1", "--port", str(airflow.port)]
    with (airflow.folder / "api-server.log").open("wb") as log:
        process = subprocess.Popen(words, cwd=PROJECT, env=airflow.environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_until(f"http://127.0.0.1:{airflow.port}/api/v2/version", process, 120)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _environment(folder: Path, port: int, url: str) -> dict[str, str]:
    machine = {name: value for name, value in os.environ.items() if not name.startswith(("TELAR_", "AIRFLOW"))}
    own = {
        "CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
        "CORE__DAGS_FOLDER": str(folder / "dags"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__FERNET_KEY": "",
        "CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "DATABASE__SQL_ALCHEMY_CONN_CMD": shlex.join([sys.executable, "-IS", secret_url.__file__, "metadata"]),
        "DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
        "API__PORT": str(port),
        "API__WORKERS": "1",
        "API__SECRET_KEY": secrets.token_hex(32),
        "API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "LOGGING__BASE_LOG_FOLDER": str(folder / "logs"),
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    variables = {f"AIRFLOW__{name}": value for name, value in own.items()}
    return {**machine, **variables, "AIRFLOW_HOME": str(folder), "TMPDIR": str(folder), URL: url}
