"""MLflow as its container runs it, with users: `install`, then `serve`, on a database of its own."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from pydantic import SecretStr
from sqlalchemy import NullPool, create_engine, make_url, text

from services.mlflow.settings import ADMIN, PIPELINES, READER
from telar.adapters.warehouse.roles import create_database
from telar.settings import MlflowSettings
from tests.support.ports import free_port

PROJECT = Path(__file__).parents[3]
START_SECONDS = 120.0
PASSWORDS = {
    ADMIN: "admin's password",
    PIPELINES: 'telar:s "password" \\ $HOME',
    READER: "reader@/s % password",
}
USERS = {
    "TELAR_MLFLOW_ADMIN_PASSWORD": PASSWORDS[ADMIN],
    "TELAR_MLFLOW_PASSWORD": PASSWORDS[PIPELINES],
    "TELAR_MLFLOW_READER_PASSWORD": PASSWORDS[READER],
}
PUBLIC = "telar.example:18084"
SERVED = {
    "TELAR_MLFLOW_SECRET_KEY": secrets.token_urlsafe(),
    "TELAR_PUBLIC_HOST": "Telar.example",
    "TELAR_MLFLOW_PORT": "18084",
    "TELAR_MLFLOW_ALLOWED_HOSTS": "mlflow.example, ",
    "TELAR_S3_URL": "http://127.0.0.1:9",  # nobody listens there
    "TELAR_S3_SECRET_KEY": "nobody asks for it",
}


@dataclass(frozen=True)
class Mlflow:
    """A running server."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, user: str | None = None, **words: object) -> requests.Response:
        """One request by that user; nobody: without a login."""
        login = (user, PASSWORDS[user]) if user else None
        return requests.request(method, self.url + path, auth=login, timeout=60, **words)  # type: ignore[arg-type]

    def settings(self, user: str) -> MlflowSettings:
        return MlflowSettings(url=self.url, username=user, password=SecretStr(PASSWORDS[user]))

    def health(self) -> subprocess.CompletedProcess[str]:
        """The container's health check."""
        command = [sys.executable, "-IS", str(PROJECT / "services/mlflow/healthy.py"), str(self.port)]
        return subprocess.run(command, env=USERS, capture_output=True, text=True, check=False)


@contextmanager
def database(server: SecretStr) -> Iterator[dict[str, str]]:
    """The variables of an empty database for MLflow, dropped afterwards."""
    name, password = f"t{secrets.token_hex(4)}_mlflow", 'it\'s 100 % "MLflow"\\@:/'
    create_database(server, name, name, SecretStr(password))
    admin = make_url(server.get_secret_value())
    try:
        yield {
            "TELAR_MLFLOW_DATABASE_URL": f"{admin.get_backend_name()}://{admin.host}:{admin.port}/{name}",
            "TELAR_MLFLOW_DATABASE_USER": name,
            "TELAR_DB_MLFLOW_PASSWORD": password,
        }
    finally:
        engine = create_engine(admin, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            mysql = engine.dialect.name == "mysql"
            connection.execute(text(f"DROP DATABASE {name}" + ("" if mysql else " WITH (FORCE)")))
            connection.execute(text(f"DROP USER '{name}'@'%'" if mysql else f"DROP ROLE {name}"))


def install(given: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.mlflow.install"]
    environment = _environment({**USERS, **given})
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


@contextmanager
def running(given: Mapping[str, str], folder: Path) -> Iterator[Mlflow]:
    """A server, until the block ends; its log lies in ``folder``."""
    served = Mlflow(free_port())
    command = [sys.executable, "-m", "services.mlflow.serve", "127.0.0.1", str(served.port)]
    # Its health check and the tests reach it under this port's name.
    own = {"TELAR_MLFLOW_ALLOWED_HOSTS": f"{SERVED['TELAR_MLFLOW_ALLOWED_HOSTS']}, 127.0.0.1:{served.port}"}
    with (folder / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=_environment({**SERVED, **given, **own, "TMPDIR": str(folder)}),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(served, process, folder / "mlflow.log")
            yield served
        finally:
            process.terminate()
            process.wait(30)


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TELAR_", "MLFLOW_", "AWS_"))}
    return {**clean, **given}


def _wait(served: Mlflow, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if served.ask("GET", "/health").ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError(f"MLflow did not start within {START_SECONDS} s; its log ends with:\n{log.read_text()[-2000:]}")
