"""A container killed as the kernel kills, when it hurts most: an answer was handed out, and its rows are not stored."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from telar.embedded.airflow_api import await_run
from tests.e2e.support import warehouse
from tests.e2e.support.containers import Container
from tests.e2e.support.pipelines import Airflow
from tests.e2e.support.stack import Stack
from tests.e2e.support.waiting import until

END_SECONDS = 120.0


@dataclass(frozen=True)
class Killed:
    """The container before the kill, its run, the batch whose answer was lost, and the seconds to the run's end."""

    container: Container
    run: str
    batch: int
    seconds: float


def kill_while_storing(stack: Stack, api: Airflow, name: str, victim: Callable[[str], Container]) -> Killed:
    """Kill ``victim(hostname)`` of the running `fetch` once it was answered; wait until the run has succeeded."""
    before = len(warehouse.answers(stack, name))
    with warehouse.storing_blocked(stack, name):
        run = api.trigger(name, "killed on the way")
        until("the data API has answered", lambda: len(warehouse.answers(stack, name)) > before, 60)
        task = api.tasks(name, run)["fetch"]
        assert task["state"] == "running", task
        container = victim(str(task["hostname"]))
        container.kill()
        killed = time.monotonic()
    await_run(api, name, run, killed + END_SECONDS)
    seconds = time.monotonic() - killed
    return Killed(container, run, warehouse.answers(stack, name)[before].batch, seconds)


def await_back(stack: Stack, before: Container, seconds: float = 60) -> None:
    """Until the same container, started again by the engine alone, is well."""

    def back() -> bool:
        now = next(each for each in stack.containers(before.service) if each.id == before.id)
        return now.restarts > before.restarts and now.running and now.well

    until(f"{before.service} is back by itself and well", back, seconds)
