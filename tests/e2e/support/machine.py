"""What a bring-up needs of the machine: the project as a fresh clone holds it, free ports, nobody's variables."""

import os
import random
import shutil
import socket
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
KEPT = PROJECT / ".telar" / "e2e"  # screenshots, and logs of what failed
LOOPBACK, BIND, PUBLIC_HOST = "127.0.0.1", "127.0.0.2", "telar.example"
PORTS = (
    "POSTGRES", "MYSQL", "MINIO", "DATA_API", "AIRFLOW", "ADMINER", "MINIO_CONSOLE", "MLFLOW", "INFERENCE", "PORTAL",
    "NOTEBOOK",
)  # fmt: skip
FOREIGN = ("TELAR_", "COMPOSE_", "AIRFLOW", "MLFLOW", "MYSQL_", "POSTGRES_", "PG", "AWS_")


def environment() -> dict[str, str]:
    """The machine's variables without any that Telar, Compose or a database client would heed."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def fresh_copy(folder: Path) -> Path:
    """What a fresh clone would hold: every file that git knows or would add, as it is now."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        source, target = PROJECT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return folder


def free_ports() -> Mapping[str, int]:
    """A port for each of PORTS, free on both addresses and below those that outgoing connections take."""
    while True:
        first = random.randrange(20_000, 32_000, len(PORTS))
        with ExitStack() as held:
            try:
                for port in range(first, first + len(PORTS)):
                    for address in (LOOPBACK, BIND):
                        held.enter_context(socket.create_server((address, port)))
            except OSError:
                continue
        return dict(zip(PORTS, range(first, first + len(PORTS)), strict=True))


def listens(address: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex((address, port)) == 0
