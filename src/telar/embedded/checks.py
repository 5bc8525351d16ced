"""What `telar doctor` asks of the machine and of the platform: each check with its finding and the fix."""

import os
from dataclasses import dataclass

from telar.embedded import databases, machine, ports
from telar.embedded.layout import Layout
from telar.embedded.platform import open_platform


@dataclass(frozen=True)
class Check:
    """One question, whether all is well, and what was found or must be done."""

    name: str
    ok: bool
    told: str


def run(layout: Layout) -> list[Check]:
    """Every check of the machine, and of the platform where it runs."""
    here = open_platform(layout)
    running = here.supervisor.running()
    checks = [
        _of("python", machine.python_problem(), "supported"),
        _of("disk", machine.disk_problem(layout.project, machine.DISK_TO_RUN_MB), "enough"),
        _of("permissions", _permission_problem(layout), ".telar/env is readable by its owner only"),
    ]
    if running:
        answers = databases.answers(layout, here.options)
        told = "answers" if answers else "does not answer: make logs service=postgres"
        return [*checks, Check("database", answers, told)]
    taken = ports.taken(here.programs)
    checks.append(_of("memory", machine.memory_problem(), "enough"))
    checks.append(_of("ports", "; ".join(taken) or None, "free"))
    checks.append(Check("platform", True, "does not run: make demo"))
    return checks


def _of(name: str, problem: str | None, well: str) -> Check:
    return Check(name, problem is None, problem or well)


def _permission_problem(layout: Layout) -> str | None:
    status = layout.secrets.stat()
    if status.st_uid != os.geteuid():
        return f"{layout.secrets} belongs to user {status.st_uid}, not to you: run as that user, or `make clean`"
    if status.st_mode & 0o077:
        return f"{layout.secrets} can be read by others: chmod 600 {layout.secrets}"
    return None
