"""A platform on Docker Compose of its own: a fresh copy of the project, with a name and ports, started as people do."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from dotenv import dotenv_values

from tests.e2e.support.containers import Container, docker, inspect
from tests.e2e.support.machine import BIND, KEPT, LOOPBACK, PUBLIC_HOST, environment, free_ports, fresh_copy
from tests.support.real_data import REAL_DATA

BUILD_SECONDS, UP_SECONDS, DOWN_SECONDS = 1_500, 300, 120
VERSION = "e2e"  # the images of a platform that runs here stay as they are
HAS_REAL_ROWS = (REAL_DATA / "covertype.parquet").exists()
# Of real estate's 1,084,909 rows; and what a table must have for a training part of five batches of 15,000.
A_TWENTIETH, FIVE_BATCHES = 54_246, 102_000
ON_LOOPBACK = {"POSTGRES", "MYSQL", "MINIO", "DATA_API"}
PACE = {
    "TELAR_VERSION": VERSION,
    "TELAR_SCHEDULE": "manual",
    "TELAR_DATA_API_WINDOW_SECONDS": "2",
    "TELAR_SOURCE_WINDOW_SECONDS": "2",
    "TELAR_DATA_API_DOWNLOAD": "false",
    "TELAR_SOURCE_DOWNLOAD": "false",
    "TELAR_RETRY_SECONDS": "5",
}
Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Stack:
    """One installation below ``project``; what it is told stands in its `.env`, as on a VM."""

    title: str
    name: str
    project: Path
    ports: Mapping[str, int]

    @property
    def env(self) -> dict[str, str]:
        """The lines of `.env`."""
        told = dotenv_values(self.project / ".env", interpolate=False)
        return {name: value for name, value in told.items() if value is not None}

    @property
    def kept(self) -> Path:
        """Where screenshots and logs stay after the run."""
        folder = KEPT / self.title
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def url(self, service: str) -> str:
        """Where a person's browser finds it: by the public name, or on loopback what is open to nobody else."""
        host = LOOPBACK if service in ON_LOOPBACK else PUBLIC_HOST
        return f"http://{host}:{self.ports[service]}"

    def configure(self, settings: Mapping[str, str]) -> None:
        """Edit `.env` as a person would: each line set, the rest left alone."""
        path = self.project / ".env"
        lines = [line for line in path.read_text().splitlines() if line.partition("=")[0] not in settings]
        path.write_text("\n".join([*lines, *(f"{name}={value}" for name, value in settings.items()), ""]))

    def make(self, target: str, seconds: float, answer: str = "") -> Done:
        """`make TARGET` in the project's folder, ``answer`` typed in; what it said goes through."""
        return self._run(["make", "--no-print-directory", target], seconds, answer)

    def made(self, target: str, seconds: float, answer: str = "") -> str:
        """The same where it must succeed; what it printed."""
        done = self.make(target, seconds, answer)
        assert done.returncode == 0, f"make {target} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def try_compose(self, *words: str, seconds: float = 60) -> Done:
        return self._run(["docker", "compose", *words], seconds)

    def compose(self, *words: str, seconds: float = 60) -> str:
        """`docker compose` in the project's folder; what it printed."""
        done = self.try_compose(*words, seconds=seconds)
        assert done.returncode == 0, f"docker compose {' '.join(words)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def containers(self, service: str | None = None) -> list[Container]:
        """Its containers, one-shots that have ended too."""
        label = f"label=com.docker.compose.project={self.name}"
        found = inspect(docker("ps", "--all", "--quiet", "--no-trunc", "--filter", label).split())
        return [each for each in found if service in (None, each.service)]

    def volumes(self) -> set[str]:
        label = f"label=com.docker.compose.project={self.name}"
        return set(docker("volume", "ls", "--quiet", "--filter", label).split())

    def tell(self) -> str:
        """What stands in the way: every container, the last lines of the unwell ones; all logs go to a file."""
        log = self.kept / "containers.log"
        log.write_text(self.try_compose("--profile", "*", "logs", "--no-color", "--timestamps").stdout)
        listed = self.try_compose("--profile", "*", "ps", "--all", "--format", "table {{.Name}}\t{{.Status}}").stdout
        unwell = sorted({each.service for each in self.containers() if not each.well or each.restarts})
        lines = [self.try_compose("logs", "--no-color", "--tail", "25", service).stdout for service in unwell]
        return "\n".join([listed, *lines, f"all logs: {log}"])

    def remove(self) -> None:
        """Containers, networks and volumes, whatever state the folder is in."""
        words = ("--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "5")
        command = ["docker", "compose", "--project-name", self.name, *words]
        done = self._run(command, DOWN_SECONDS, more={"TELAR_SECRETS": "./secrets"})
        assert done.returncode == 0, done.stderr
        assert not self.containers()
        assert not self.volumes()

    def _run(self, command: list[str], seconds: float, typed: str = "", more: Mapping[str, str] | None = None) -> Done:
        variables = environment() | dict(more or {})
        try:
            return subprocess.run(
                command,
                cwd=self.project,
                env=variables,
                input=typed,
                capture_output=True,
                text=True,
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired as error:
            said = b"".join(part for part in (error.stdout, error.stderr) if isinstance(part, bytes)).decode()
            raise AssertionError(f"{' '.join(command)} was still at it after {seconds:g} s:\n{said[-4000:]}") from error


@contextmanager
def new_stack(title: str, settings: Mapping[str, str]) -> Iterator[Stack]:
    """A folder with `.env` of `make env` and these settings, nothing started; removed with all its data at the end."""
    with TemporaryDirectory(prefix="telar e2e ") as folder:
        shutil.rmtree(KEPT / title, ignore_errors=True)
        stack = Stack(title, f"telar-e2e-{title}-{token_hex(3)}", fresh_copy(Path(folder)), free_ports())
        try:
            stack.made("env", 60)
            stack.configure({**_place(stack), **PACE, **_rows(), **settings})
            yield stack
        finally:
            stack.remove()


def _place(stack: Stack) -> dict[str, str]:
    ports = {f"TELAR_{name}_PORT": str(port) for name, port in stack.ports.items()}
    named = {"COMPOSE_PROJECT_NAME": stack.name, "TELAR_BIND": BIND, "TELAR_PUBLIC_HOST": PUBLIC_HOST}
    return {**named, **ports}


def _rows() -> dict[str, str]:
    """The published rows where they are at hand, else generated ones, of which there are fewer than by default."""
    if HAS_REAL_ROWS:
        return {"TELAR_DATA_FOLDER": str(REAL_DATA), "TELAR_DATA_API_SAMPLE_ROWS": str(A_TWENTIETH)}
    return {"TELAR_DATA_API_SAMPLE_ROWS": str(FIVE_BATCHES)}
