"""Telar's data API as a process of its own, for every test that needs a real upstream."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from services.data_api import answer_log
from services.data_api.answer_log import LoggedAnswer
from tests.support.ports import free_port
from tests.support.tiny import TINY_FOLDER

PROJECT = Path(__file__).parents[2]
START_SECONDS = 60.0


@dataclass
class DataApi:
    """A data API on loopback: stop it, kill it, start it again on the same port with the same state."""

    folder: Path
    use_case: str
    environment: dict[str, str]
    port: int
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def state_folder(self) -> Path:
        return self.folder / "state"

    @property
    def log(self) -> str:
        """What the service has printed so far."""
        return (self.folder / "data-api.log").read_text()

    def answers(self, use_case: str | None = None) -> list[LoggedAnswer]:
        """What was handed out of the use case (the default one), oldest first, as the service logged it."""
        name = use_case or self.use_case
        return [each for each in answer_log.read(self.state_folder) if each.use_case == name]

    def health(self) -> dict[str, object]:
        told: dict[str, object] = requests.get(f"{self.url}/health", timeout=5).json()
        return told

    def start(self) -> None:
        """Starts the process and waits until it answers; `wait_for` waits for rows."""
        command = [sys.executable, "-m", "uvicorn", "services.data_api.main:app", "--port", str(self.port)]
        with (self.folder / "data-api.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=PROJECT, env={**_clean_environment(), **self.environment}, stdout=log, stderr=log
            )
        self._poll(lambda: "status" in self.health(), "answer")

    def wait_for(self, use_case: str) -> str:
        """The state of the use case when its rows are there or cannot be had: ready, or failed and why."""
        self._poll(lambda: not self._state(use_case).startswith("loading"), f"load {use_case}")
        return self._state(use_case)

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and wait."""
        self._end(signal.SIGTERM)

    def _state(self, use_case: str) -> str:
        states = self.health()["use_cases"]
        assert isinstance(states, dict)
        return str(states.get(use_case, "loading"))

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(20)

    def _poll(self, done: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if done():
                    return
            except requests.RequestException:
                assert self.process is not None
                assert self.process.poll() is None, f"the data API ended:\n{self.log}"
            time.sleep(0.05)
        raise AssertionError(f"the data API did not {what} within {START_SECONDS:.0f} s:\n{self.log}")


@contextmanager
def run_data_api(
    folder: Path,
    use_case: str = "tiny",
    use_cases: Path | None = TINY_FOLDER,
    data_folder: Path | None = None,
    sample_rows: int | None = 4_800,
    **settings: str | float,
) -> Iterator[DataApi]:
    """A data API with ``use_case`` as its default and its rows there; state and log are below ``folder``.

    ``settings`` are further ones of `DataApiSettings`, such as ``window_seconds=3`` (default: the use case's own; TINY
    has none). Nothing is downloaded unless ``download="true"``; other use cases' rows come with the first request.
    """
    folder.mkdir(parents=True, exist_ok=True)
    given: dict[str, object] = {"download": "false", "preload": "false", **settings}
    given |= {"data_folder": data_folder or "", "sample_rows": sample_rows or ""}
    environment = {f"TELAR_DATA_API_{name.upper()}": str(value) for name, value in given.items()}
    environment["TELAR_DATA_API_STATE_FOLDER"] = str(folder / "state")
    environment["TELAR_DEFAULT_USE_CASE"] = use_case
    environment["TELAR_USE_CASES"] = str(use_cases or "")
    api = DataApi(folder, use_case, environment, free_port())
    try:
        api.start()
        api.wait_for(use_case)
        yield api
    finally:
        api.stop()


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("TELAR_")}
