"""Stopping leaves no process behind: not a task that left its group, not what a killed supervisor left."""

import os
import signal
import sys
import time
from collections.abc import Callable

import psutil

from telar.embedded import platform, programs, session
from telar.embedded.layout import Layout
from telar.embedded.programs import Program
from telar.embedded.supervisor import Supervisor
from telar.progress import Progress

SLEEP = "import time; time.sleep(600)"
# Like Airflow's tasks: a child in a process group of its own, deaf to TERM, and a parent that does not wait for it.
TASK = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
WITH_TASK = f"""
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", {TASK!r}], process_group=0)
time.sleep(600)
"""


def started(layout: Layout, sources: dict[str, str]) -> Supervisor:
    """A supervisor that runs a Python source under each name."""
    environment = {"PATH": os.environ["PATH"]}
    table = tuple(Program(name, (sys.executable, "-c", source), environment) for name, source in sources.items())
    programs.write(layout, table)
    supervisor = Supervisor(layout)
    supervisor.configure(list(sources))
    supervisor.start()
    for name in sources:
        supervisor.launch(name)
    return supervisor


def until(happened: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; one that ended and that nobody has asked after counts as ended."""
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def told(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def sleepers(layout: Layout) -> list[psutil.Process]:
    return [one for one in session.members(layout) if "sleep" in told(one)]


def test_stop_ends_programs_and_the_task_that_left_its_group(layout: Layout) -> None:
    supervisor = started(layout, {"postgres": SLEEP, "scheduler": WITH_TASK})
    until(lambda: len(sleepers(layout)) == 3)
    everyone = session.members(layout)
    platform.stop(layout, Progress())
    assert not supervisor.running()
    assert not alive(everyone)


def test_stop_may_be_asked_twice_and_without_a_platform(layout: Layout) -> None:
    assert platform.stop(layout, Progress()) == 0
    started(layout, {"postgres": SLEEP, "portal": SLEEP})
    until(lambda: len(sleepers(layout)) == 2)
    platform.stop(layout, Progress())
    assert platform.stop(layout, Progress()) == 0


def test_what_a_killed_supervisor_left_is_swept_before_the_next_start(layout: Layout) -> None:
    started(layout, {"postgres": SLEEP, "scheduler": WITH_TASK})
    until(lambda: len(sleepers(layout)) == 3)
    left = sleepers(layout)
    for process in session.members(layout):
        if process not in left:
            process.send_signal(signal.SIGKILL)
    until(lambda: not Supervisor(layout).running())
    assert session.sweep(layout, patience=0.5) == 3
    assert not alive(left)
    assert started(layout, {"postgres": SLEEP, "portal": SLEEP}).running()


def test_a_program_that_dies_is_started_again(layout: Layout) -> None:
    supervisor = started(layout, {"postgres": SLEEP, "portal": SLEEP})
    until(lambda: supervisor.state("portal") == "RUNNING")
    before = {process.pid for process in sleepers(layout)}
    os.kill(max(before), signal.SIGKILL)
    until(lambda: len(after := {process.pid for process in sleepers(layout)}) == 2 and after != before)


def test_a_session_of_another_boot_is_left_alone(layout: Layout) -> None:
    layout.session.write_text(f'{{"session": {os.getsid(0)}, "boot": "another"}}')
    assert session.members(layout) == []


def test_a_session_of_that_number_in_another_folder_is_left_alone(layout: Layout) -> None:
    session.remember(layout, os.getpid())
    os.chdir("/")
    assert os.getpid() not in {process.pid for process in session.members(layout)}


def test_memory_is_counted_for_each_process(layout: Layout) -> None:
    started(layout, {"postgres": SLEEP, "portal": SLEEP})
    until(lambda: len(sleepers(layout)) == 2)
    sizes = session.proportional_megabytes(session.members(layout))
    assert len(sizes) == 3
    assert all(1 < size < 200 for size in sizes.values())
