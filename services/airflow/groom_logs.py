"""Keeps Airflow's logs within an age and a size, since Airflow itself deletes none.

Sweeps once an hour: what is older than TELAR_LOG_DAYS goes, then, oldest first, what exceeds TELAR_LOG_MEGABYTES.
"""

import logging
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = "AIRFLOW__LOGGING__BASE_LOG_FOLDER"
HEARTBEAT = Path(tempfile.gettempdir()) / "telar-log-groomer"
DAY_SECONDS = 86_400
MEGABYTE = 1_000_000
SWEEP_SECONDS = 3_600
BEAT_SECONDS = 60
# A log written to since then may be a running task's: deleting it would lose it and free nothing.
IN_USE_SECONDS = 3_600

log = logging.getLogger(__name__)


class NotAllowed(Exception):
    """A limit that is no positive number; the text names the variable."""


@dataclass(frozen=True)
class Limits:
    """How old a log may get, and how large all together."""

    seconds: float
    bytes: float

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Limits":
        """From TELAR_LOG_DAYS (30) and TELAR_LOG_MEGABYTES (2000).

        Raises:
            NotAllowed: either is no positive number.
        """
        days = _positive(environment, "TELAR_LOG_DAYS", "30")
        return cls(days * DAY_SECONDS, _positive(environment, "TELAR_LOG_MEGABYTES", "2000") * MEGABYTE)


@dataclass(frozen=True)
class Swept:
    """What a sweep deleted, in files and bytes, and the bytes that it left."""

    files: int
    bytes: int
    left: int


def sweep(folder: Path, limits: Limits, now: float) -> Swept:
    """Delete what exceeds the limits, then the folders that stood empty for a day; ``now`` is in seconds since 1970."""
    found = sorted(_files(folder))
    left = sum(size for _, size, _ in found)
    files = freed = 0
    for modified, size, path in found:
        if now - modified <= limits.seconds and (left <= limits.bytes or now - modified <= IN_USE_SECONDS):
            break
        path.unlink(missing_ok=True)
        files, freed, left = files + 1, freed + size, left - size
    _remove_empty_folders(folder, now)
    return Swept(files, freed, left)


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Time of the last change, bytes and path of each file and link; one that vanishes meanwhile is no matter."""
    for parent, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        for path in (Path(parent) / name for name in (*names, *links)):
            try:
                found = path.lstat()
            except FileNotFoundError:
                continue
            yield found.st_mtime, found.st_size, path


def _remove_empty_folders(folder: Path, now: float) -> None:
    """The youngest folders stay: Airflow makes one a moment before it writes the log into it."""
    for parent, _, _ in os.walk(folder, topdown=False):
        path = Path(parent)
        if path == folder:
            continue
        try:
            if now - path.stat().st_mtime > DAY_SECONDS and not any(path.iterdir()):
                path.rmdir()
        except OSError as error:
            log.warning("%s stays: %s", path, error.strerror)


def _positive(environment: Mapping[str, str], name: str, default: str) -> float:
    text = environment.get(name) or default
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise NotAllowed(f"{name} is {text!r}, and must be a number above 0, such as {default}")
    return number


def main() -> None:
    """Sweep each hour and touch the heartbeat each minute, until SIGTERM."""
    folder = Path(os.environ.get(FOLDER, "/opt/airflow/logs"))
    try:
        limits = Limits.read(os.environ)
    except NotAllowed as error:
        sys.exit(str(error))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    due = 0.0
    while not stopped.is_set():
        if time.monotonic() >= due:
            swept = sweep(folder, limits, time.time())
            log.info("deleted %d files of %d bytes; %d bytes are left", swept.files, swept.bytes, swept.left)
            due = time.monotonic() + SWEEP_SECONDS
        HEARTBEAT.touch()
        stopped.wait(BEAT_SECONDS)


if __name__ == "__main__":
    main()
