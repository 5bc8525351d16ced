"""A whole Airflow for a test: api-server, scheduler and dag-processor, and what may be asked of them over REST."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.dags.airflow import airflow_environment, migrate_airflow
from tests.support.ports import free_port
from tests.support.spine import PROJECT, Spine, wait_until

PROGRAMS = {
    "api": ("-m", "airflow", "api-server", "--host", "127.0.0.1", "--workers", "1"),
    "scheduler": ("-m", "services.airflow.scheduler"),
    "dag-processor": ("-m", "airflow", "dag-processor"),
}


@dataclass(frozen=True)
class Airflow:
    """A running Airflow, asked as its administrator."""

    url: str
    token: str

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The answer of ``/api/v2/...`` as JSON; an HTTP error is raised."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(method, f"{self.url}/api/v2/{path}", json=body, headers=headers, timeout=30)
        if not answer.ok:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
        return dict(answer.json())

    def runs(self, dag: str) -> list[dict[str, Any]]:
        """Every run of a DAG."""
        return list(self.ask("GET", f"dags/{dag}/dagRuns?limit=100")["dag_runs"])

    def knows(self, dag: str) -> bool:
        """Whether the DAG was found and parsed."""
        return dag in {each["dag_id"] for each in self.ask("GET", "dags?limit=100")["dags"]}


@contextmanager
def running_airflow(spine: Spine, name: str, **variables: str) -> Iterator[Airflow]:
    """Airflow with a database and a home called ``name``; every DAG is paused at first. ``variables`` are Telar's."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**airflow_environment(spine, name, **_settings(url, port)), **variables}
    migrate_airflow(environment)
    with ExitStack() as stack:
        for program, words in PROGRAMS.items():
            process = stack.enter_context(_running(words, environment, spine.folder / f"{name}-{program}.log"))
            if program == "api":
                wait_until(f"{url}/api/v2/version", process, 120)
        token = requests.get(f"{url}/auth/token", timeout=30).json()["access_token"]
        yield Airflow(url, token)


def eventually(holds: Callable[[], bool], what: str, seconds: float) -> None:
    """Until ``holds`` does; fails with ``what`` when the time is over."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.5)


def _settings(url: str, port: int) -> dict[str, str]:
    return {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "4",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "API__PORT": str(port),
        "API__BASE_URL": url,
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.25",
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "10",
    }


@contextmanager
def _running(words: tuple[str, ...], environment: Mapping[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end_session(process)


def _end_session(leader: "subprocess.Popen[bytes]") -> None:
    """End the process and all of its session: Airflow's tasks leave its group, not its session."""
    members = [each for each in psutil.process_iter() if _session(each.pid) == leader.pid]
    leader.terminate()
    with suppress(subprocess.TimeoutExpired):
        leader.wait(10)
    for process in members:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    leader.wait(10)


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None
