"""Whether the machine is large enough: CPUs, memory, disk; each limit can be overruled by a variable."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from telar.compose.docker_checks import Engine
from telar.compose.problems import Problem

CPUS, MEMORY_MB, DISK_MB, DISK_WITH_IMAGES_MB = 2, 4000, 10_000, 2000


def cpus(engine: Engine, variables: Mapping[str, str]) -> Iterator[Problem]:
    """Too few CPUs."""
    least = _limit(variables, "TELAR_CPUS", CPUS)
    if engine.cpus < least:
        told = f"Docker's machine has {engine.cpus} CPU, and the least is {least}"
        yield Problem(told, f"give the machine more; to try all the same: TELAR_CPUS={engine.cpus} make up")


def memory(engine: Engine, here: bool, variables: Mapping[str, str]) -> Iterator[Problem]:
    """Too little memory: what is available where that can be seen, else what the machine has in all."""
    least = _limit(variables, "TELAR_MEMORY_MB", MEMORY_MB)
    free = available_mb() if here else None
    there, kind = (engine.memory_mb, "has") if free is None else (min(free, engine.memory_mb), "has available")
    if there < least:
        told = f"the machine {kind} {there} MB of memory, and the least is {least} MB"
        fix = f"end other programs, or give it more; to try all the same: TELAR_MEMORY_MB={there} make up"
        yield Problem(told, fix)


def disk(engine: Engine, images_are_there: bool, variables: Mapping[str, str]) -> Iterator[Problem]:
    """Too little room where Docker keeps images and volumes."""
    usual = DISK_WITH_IMAGES_MB if images_are_there else DISK_MB
    least = _limit(variables, "TELAR_DISK_MB", usual)
    free = shutil.disk_usage(_existing(Path(engine.root))).free // 2**20
    if free < least:
        told = (
            f"{free} MB are free on the disk of {engine.root}, where Docker keeps its data, and the least is {least} MB"
        )
        fix = f"make room (docker system df shows what Docker holds); to try all the same: TELAR_DISK_MB={free} make up"
        yield Problem(told, fix)


def available_mb() -> int | None:
    """What the machine has left; None where the kernel does not say."""
    path = Path("/proc/meminfo")
    lines = path.read_text(encoding="ascii").splitlines() if path.is_file() else []
    found = [int(line.split()[1]) // 1024 for line in lines if line.startswith("MemAvailable:")]
    return found[0] if found else None


def _limit(variables: Mapping[str, str], name: str, usual: int) -> int:
    value = variables.get(name, "")
    return int(value) if value.isdecimal() else usual


def _existing(path: Path) -> Path:
    """The folder, or the nearest above it that this user may look at."""
    while not os.access(path, os.F_OK) and path != path.parent:
        path = path.parent
    return path
