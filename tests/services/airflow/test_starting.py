"""Scheduler and worker start as the executor asks; a worker without CeleryExecutor says how to mend that."""

import os
import subprocess
import sys

import pytest

from tests.support.spine import PROJECT

SCHEDULER = """
import os, sys
from services.airflow import libraries, scheduler
scheduler.become_airflow = lambda *words: print(*words, "sklearn" in sys.modules, os.environ.get(scheduler.PARALLELISM))
libraries.LIBRARIES = ("sklearn",)
scheduler.main()
"""
# Airflow's own `main` forks in any of its programs; here it does nothing else.
FORKING = """
import gc, os, sys, types
def main():
    if os.fork() == 0:
        print(*sys.argv, gc.get_freeze_count() > 1_000, flush=True)
        os._exit(0)
    os.wait()
sys.modules["airflow.__main__"] = types.SimpleNamespace(main=main)
from services.airflow.program import become_airflow
become_airflow("triggerer", "--skip-serve-logs")
"""


def started(program: tuple[str, ...], **variables: str) -> "subprocess.CompletedProcess[str]":
    """That program of Python's, with nothing of Airflow's in its environment but ``variables``."""
    machine = {name: value for name, value in os.environ.items() if not name.startswith(("TELAR_", "AIRFLOW"))}
    words = [sys.executable, *program]
    return subprocess.run(words, cwd=PROJECT, env={**machine, **variables}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("variables", [{}, {"AIRFLOW__CORE__EXECUTOR": "LocalExecutor"}])
def test_a_worker_without_celery_refuses_and_names_both_variables(variables: dict[str, str]) -> None:
    done = started(("-m", "services.airflow.worker"), **variables)
    assert done.returncode == 1
    assert "AIRFLOW__CORE__EXECUTOR is LocalExecutor" in done.stderr
    assert "TELAR_EXECUTOR=CeleryExecutor and COMPOSE_PROFILES=celery" in done.stderr


@pytest.mark.skipif(sys.platform == "darwin", reason="only where LocalExecutor forks is anything imported before")
def test_a_scheduler_that_forks_tasks_imports_their_libraries_and_runs_as_many_as_it_is_told() -> None:
    local = {"AIRFLOW__CORE__EXECUTOR": "LocalExecutor", "AIRFLOW__CORE__PARALLELISM": "2"}
    assert started(("-c", SCHEDULER), **local).stdout == "scheduler --skip-serve-logs True 2\n"


def test_a_scheduler_with_workers_imports_nothing_and_lets_them_bound_what_runs() -> None:
    celery = {"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor", "AIRFLOW__CORE__PARALLELISM": "2"}
    assert started(("-c", SCHEDULER), **celery).stdout == "scheduler --skip-serve-logs False 64\n"


def test_the_children_of_a_program_leave_what_they_share_with_it_to_it() -> None:
    assert started(("-c", FORKING)).stdout == "airflow triggerer --skip-serve-logs True\n"
