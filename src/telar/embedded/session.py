"""The processes of a platform: all of them share the supervisor's session, also those that left its groups.

Airflow puts every task into a process group of its own, so stopping the groups would leave running tasks behind. Only
PostgreSQL's children have sessions of their own; they are found as children, and end by themselves with their parent.
"""

import json
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from telar.credentials import write_private
from telar.embedded.layout import Layout

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def remember(layout: Layout, supervisor: int) -> None:
    """Note the session of the supervisor (its process id) for `sweep`."""
    write_private(layout.session, json.dumps({"session": os.getsid(supervisor), "boot": _boot()}))


def members(layout: Layout) -> list[psutil.Process]:
    """Every living process of the remembered session; empty when there is none or the machine was started anew."""
    if not layout.session.is_file():
        return []
    noted = json.loads(layout.session.read_text(encoding="utf-8"))
    if noted["boot"] != _boot():
        return []
    found = {one.pid: one for one in psutil.process_iter() if _belongs(one, noted["session"], layout)}
    for process in list(found.values()):
        with suppress(psutil.Error):
            found.update({child.pid: child for child in process.children(recursive=True)})
    return list(found.values())


def sweep(layout: Layout, patience: float = 3.0) -> int:
    """End what is left of the session: TERM, ``patience`` seconds, KILL. Answers how many processes there were."""
    left = members(layout)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            # TERM would make PostgreSQL wait for its clients; INT ends it at once and cleanly.
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    _, alive = psutil.wait_procs(left, timeout=patience)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=patience)
    return len(left)


def proportional_megabytes(processes: Sequence[psutil.Process]) -> dict[str, float]:
    """Proportional set size in MB of each process, by pid and command line."""
    sizes: dict[str, float] = {}
    for process in processes:
        with suppress(psutil.Error, OSError):
            text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
            pss = next(line for line in text.splitlines() if line.startswith("Pss:"))
            sizes[f"{process.pid} {' '.join(process.cmdline())[:100]}"] = int(pss.split()[1]) / 1024
    return sizes


def _belongs(process: psutil.Process, number: int, layout: Layout) -> bool:
    """A session's number may be given again after its end: the working folder must be the project's as well."""
    try:
        if os.getsid(process.pid) != number or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return Path(process.cwd()).is_relative_to(layout.project)
    except (psutil.Error, OSError):
        return False


def _boot() -> str:
    return _BOOT.read_text(encoding="ascii").strip() if _BOOT.is_file() else str(psutil.boot_time())
