"""A real embedded platform for tests: a copy of the project, free ports, the project's own commands."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from telar.embedded.airflow_api import AirflowApi, await_run
from telar.embedded.airflow_settings import USER
from telar.embedded.layout import Layout
from telar.embedded.secrets import read_file
from tests.support.ports import free_port

PROJECT = Path(__file__).resolve().parents[2]
COPIED = ("dags", "plugins", "services", "src", "init-scripts", ".env.example", "requirements.lock", "pyproject.toml")
PORTS = ("POSTGRES", "AIRFLOW", "MLFLOW", "INFERENCE", "PORTAL", "DATA_API")
RUN_SECONDS = 240.0


@dataclass(frozen=True)
class RunningPlatform:
    """A started platform: its folder, its variables, and how to speak to its services."""

    project: Path
    environment: Mapping[str, str]

    @property
    def use_cases(self) -> Path:
        return self.project / ".telar" / "use_cases"

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.environment[f'TELAR_{service}_PORT']}"

    @property
    def secrets(self) -> dict[str, str]:
        return read_file(Layout(self.project))

    def telar(self, *words: str) -> str:
        """A command of the CLI in the platform's folder; its output. A failing one raises with all it said."""
        command = [sys.executable, "-m", "telar.cli", *words]
        done = subprocess.run(
            command, cwd=self.project, env=dict(self.environment), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"telar {' '.join(words)}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def ask(self, service: str, method: str, path: str, body: object = None) -> requests.Response:
        return requests.request(method, f"{self.url(service)}{path}", json=body, timeout=30)

    def airflow(self) -> AirflowApi:
        api = AirflowApi(self.url("AIRFLOW"), USER, self.secrets["TELAR_AIRFLOW_PASSWORD"])
        api.login()
        return api

    def run_dag(self, name: str, **conf: object) -> None:
        """One manual run of a DAG to its success, through Airflow's REST API."""
        api = self.airflow()
        run = api.trigger(name, "a test", conf)
        await_run(api, name, run, time.monotonic() + RUN_SECONDS)

    def rows(self, question: str) -> list[dict[str, Any]]:
        """What the warehouse answers to the portal's role."""
        from sqlalchemy import create_engine, text

        password = self.secrets["TELAR_DB_READER_PASSWORD"]
        port = self.environment["TELAR_POSTGRES_PORT"]
        engine = create_engine(f"postgresql+psycopg2://telar_reader:{password}@127.0.0.1:{port}/batches_db")
        with engine.connect() as connection:
            found = [dict(row) for row in connection.execute(text(question)).mappings()]
        engine.dispose()
        return found


def until(what: str, holds: Callable[[], Any], seconds: float) -> Any:  # noqa: ANN401 - whatever `holds` returns
    """The first truthy answer of ``holds``; AssertionError naming ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (answer := holds()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.3)
    return answer


@contextmanager
def embedded_platform(folder: Path, use_case_files: Mapping[str, str], default: str) -> Iterator[RunningPlatform]:
    """`telar embedded demo` of ``default`` in a copy of the project on free ports; stopped at the end."""
    project = folder / "a project"
    project.mkdir()
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, project / name)
    platform = RunningPlatform(project, _environment(project / "src"))
    platform.use_cases.mkdir(parents=True)
    for name, text in use_case_files.items():
        (platform.use_cases / name).write_text(text)
    try:
        told = platform.telar("embedded", "demo", default)
        assert "Answered:" in told, told
        yield platform
    finally:
        platform.telar("embedded", "stop")


def _environment(source: Path) -> dict[str, str]:
    machine = {name: value for name, value in os.environ.items() if not name.startswith(("TELAR_", "AIRFLOW"))}
    ports = {f"TELAR_{name}_PORT": str(free_port()) for name in PORTS}
    return {
        **machine,
        **ports,
        "PYTHONPATH": str(source),
        "TELAR_SCHEDULE": "manual",
        "TELAR_DATA_API_PRELOAD": "false",
        "TELAR_DATA_API_WINDOW_SECONDS": "1",
        "TELAR_SOURCE_WINDOW_SECONDS": "1",
    }


def told(answer: requests.Response) -> str:
    """An answer in one line, for a failing assertion."""
    return f"{answer.status_code} {json.dumps(answer.json())[:500]}"
