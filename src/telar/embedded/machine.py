"""What the machine must offer: Python, disk and memory; standard library only, since it runs before any install."""

import os
import shutil
import sys
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)
DISK_TO_INSTALL_MB, DISK_TO_RUN_MB, MEMORY_MB = 4000, 500, 2500


def python_problem(version: tuple[int, int] = sys.version_info[:2]) -> str | None:
    """What is wrong with this Python, and the fix; None when it will do."""
    if OLDEST <= version <= NEWEST:
        return None
    return (
        f"Python {version[0]}.{version[1]} is not supported, only 3.11 to 3.13: install one of them and name it,"
        " for instance `make demo PYTHON=python3.12`"
    )


def disk_problem(folder: Path, needed_mb: int) -> str | None:
    """Whether ``folder`` has too little room."""
    free = shutil.disk_usage(folder).free // 2**20
    if free >= needed_mb:
        return None
    return (
        f"{free} MB are free on the disk of {folder}, {needed_mb} MB are needed:"
        " make room, or put the project on a larger disk"
    )


def memory_problem(needed_mb: int = MEMORY_MB) -> str | None:
    """Whether too little memory is available for the platform and a training."""
    free = available_memory_mb()
    if free is None or free >= needed_mb:
        return None
    return (
        f"{free} MB of memory are available, {needed_mb} MB are needed: end other programs, or give the machine more."
        f" To try all the same: `TELAR_MEMORY_MB={max(free - 1, 0)} make demo`"
    )


def available_memory_mb() -> int | None:
    """What the machine, and the container around us, still have; None where that cannot be read."""
    limits = [limit for limit in (_machine_mb(), _container_mb()) if limit is not None]
    return min(limits) if limits else None


def problems(folder: Path, installed: bool) -> list[str]:
    """Everything that stands against installing or starting in ``folder``; a platform that runs has its memory."""
    disk = DISK_TO_RUN_MB if installed else DISK_TO_INSTALL_MB
    needed = int(os.environ.get("TELAR_MEMORY_MB") or MEMORY_MB)
    memory = None if _runs(folder) else memory_problem(needed)
    found = (python_problem(), disk_problem(folder, disk), memory)
    return [problem for problem in found if problem]


def _runs(folder: Path) -> bool:
    """Whether the platform's supervisor seems to run there; its sockets and tables tell more, once all is installed."""
    pid = folder / ".telar" / "run" / "supervisord.pid"
    try:
        os.kill(int(pid.read_text(encoding="ascii")), 0)
    except (OSError, ValueError):
        return False
    return True


def _machine_mb() -> int | None:
    path = Path("/proc/meminfo")
    if not path.is_file():
        return None
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    return None


def _container_mb() -> int | None:
    """What the control group leaves; caches count as used there, so its file pages are added again."""
    root = Path("/sys/fs/cgroup")
    limit, used, stat = root / "memory.max", root / "memory.current", root / "memory.stat"
    if not (limit.is_file() and used.is_file() and stat.is_file()):
        return None
    allowed = limit.read_text(encoding="ascii").strip()
    if allowed == "max":
        return None
    caches = sum(
        int(line.split()[1]) for line in stat.read_text(encoding="ascii").splitlines() if line.startswith("file ")
    )
    return (int(allowed) - int(used.read_text(encoding="ascii")) + caches) // 2**20
