"""Warehouse, data API and MLflow as real processes, with a proxy before the two that are asked over HTTP."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from pydantic import SecretStr

from telar.adapters.warehouse.migrate import migrate
from telar.adapters.warehouse.names import Role
from telar.adapters.warehouse.roles import create_database, create_roles, role_url
from telar.pipeline.cleaning import clean_rows
from telar.use_cases import discover
from tests.support.mlflow_server import running_mlflow
from tests.support.ports import free_port
from tests.support.proxy import Proxy, proxy
from tests.support.servers import running_postgres

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 30.0
PASSWORD = SecretStr("of a throw-away server")


@dataclass(frozen=True)
class Spine:
    """The services' addresses; ``environment`` is what a process needs to run pipelines against them."""

    folder: Path
    use_cases: Path
    admin_url: SecretStr
    environment: Mapping[str, str]
    source: Proxy
    mlflow: Proxy

    def url(self, role: Role) -> str:
        """The warehouse's URL for that role."""
        return role_url(self.admin_url, role, PASSWORD).get_secret_value()

    def database(self, name: str) -> str:
        """The URL of a new database of its own."""
        create_database(self.admin_url, name, name, PASSWORD)
        server = self.admin_url.get_secret_value().rsplit("@", 1)[1].split("/")[0]
        return f"postgresql+psycopg2://{name}:{PASSWORD.get_secret_value()}@{server}/{name}".replace(" ", "%20")


def variant(folder: Path, name: str, changes: str = "") -> None:
    """Write a use-case file: TINY under another name, with ``changes`` as ``model_copy(update={...})`` takes them."""
    (folder / f"{name}.py").write_text(
        "from telar.domain.candidates import Candidate\n"
        "from telar.domain.rules import DriftRules, GateRules\n"
        "from telar.domain.use_case import DataApiSource\n"
        "from tests.support.tiny import TINY\n\n"
        f'USE_CASE = TINY.model_copy(update={{"name": "{name}", {changes}}})\n'
    )


@contextmanager
def running_spine(folder: Path, use_cases: Path, **settings: str) -> Iterator[Spine]:
    """The services, with the tables of every use case of that folder; ``settings`` are further variables."""
    with running_postgres(folder) as admin_url:
        create_roles(admin_url, dict.fromkeys(Role, PASSWORD))
        bare = Spine(folder, use_cases, admin_url, {}, Proxy("", ""), Proxy("", ""))
        migrate(SecretStr(bare.url(Role.OWNER)), discover(use_cases).use_cases.values(), clean_rows)
        common = _common(folder, use_cases) | settings
        with (
            running_data_api(folder, common) as data_api,
            running_mlflow(bare.database("mlflow"), folder) as mlflow,
            proxy(data_api) as source,
            proxy(mlflow) as registry,
        ):
            urls = {
                "TELAR_WAREHOUSE_URL": bare.url(Role.PIPELINE),
                "TELAR_WAREHOUSE_OWNER_URL": bare.url(Role.OWNER),
                "TELAR_SOURCE_URL": source.url,
                "TELAR_MLFLOW_URL": registry.url,
            }
            yield Spine(folder, use_cases, admin_url, common | urls, source, registry)


@contextmanager
def running_data_api(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The URL of Telar's data API on a free port; its answer log lies below TELAR_DATA_API_STATE_FOLDER."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "services.data_api.main:app",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with (folder / "data-api.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_until(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def wait_until(url: str, process: "subprocess.Popen[bytes]", seconds: float = START_SECONDS) -> None:
    """Until ``url`` answers 200; fails when the process ends first or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError(f"{url} did not answer within {seconds} s; exit code {process.poll()}")


def _common(folder: Path, use_cases: Path) -> dict[str, str]:
    machine = {name: value for name, value in os.environ.items() if not name.startswith(("TELAR_", "AIRFLOW"))}
    return machine | {
        "PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}",
        "TELAR_USE_CASES": str(use_cases),
        "TELAR_DATA_API_STATE_FOLDER": str(folder / "data-api"),
        "TELAR_DATA_API_DOWNLOAD": "false",
        "TELAR_DATA_API_PRELOAD": "false",  # the built-in use cases have many rows, for which no test here asks
        "TELAR_WORK_FOLDER": str(folder / "work"),
        "TELAR_TRAINING_JOBS": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }
