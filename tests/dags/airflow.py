"""Airflow for the tests: its settings, its tables, and a worker process that makes whole runs with `dag.test()`."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.support.spine import PROJECT, Spine


@dataclass(frozen=True)
class Run:
    """How a run ended: its state, that of each task, and how often each was tried."""

    run_id: str
    state: str
    tasks: Mapping[str, str]
    tries: Mapping[str, int]


@dataclass(frozen=True)
class Worker:
    """Makes runs, one after the other, in its own process."""

    questions: IO[str]
    answers: IO[str]
    log: Path

    def run(self, dag: str, **conf: object) -> Run:
        """One run of that DAG from its first task to its last."""
        return Run(**self._ask(dag, conf))

    def describe(self, dag: str) -> dict[str, Any]:
        """Tags, page, parameters, catch-up and tasks of that DAG."""
        return self._ask(dag, None)

    def _ask(self, dag: str, conf: Mapping[str, object] | None) -> dict[str, Any]:
        self.questions.write(json.dumps({"dag": dag, "conf": conf}) + "\n")
        self.questions.flush()
        answer = self.answers.readline()
        if not answer:
            raise RuntimeError(f"the worker ended; its log ends with:\n{self.log.read_text()[-3000:]}")
        return dict(json.loads(answer))


def airflow_environment(spine: Spine, name: str, **settings: str) -> dict[str, str]:
    """What Airflow's processes need; its tables go to a database called ``name`` of the spine's server."""
    own = {
        "CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__FERNET_KEY": "",
        "DATABASE__SQL_ALCHEMY_CONN": spine.database(name),
        "DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
        "API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "API__SECRET_KEY": secrets.token_hex(32),
        "USAGE_DATA_COLLECTION__ENABLED": "False",
        **settings,
    }
    return {
        **spine.environment,
        "AIRFLOW_HOME": str(spine.folder / name),
        **{f"AIRFLOW__{key}": own[key] for key in own},
    }


def migrate_airflow(environment: Mapping[str, str]) -> None:
    """Make Airflow's tables."""
    command = [sys.executable, "-m", "airflow", "db", "migrate"]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=180)


@contextmanager
def airflow_worker(environment: Mapping[str, str], log: Path) -> Iterator[Worker]:
    """A worker process, until the block ends."""
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "tests.dags.worker", str(writing)]
    with log.open("w") as output, os.fdopen(reading, encoding="utf-8") as answers:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=[writing],
        )
        os.close(writing)
        assert process.stdin is not None
        try:
            yield Worker(process.stdin, answers, log)
        finally:
            process.stdin.close()
            process.wait(30)
