"""How every service is right now, asked at once: its state, the reason, and how long its answer took."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum

from telar.domain.errors import TelarError


class State(StrEnum):
    """``degraded``: it answers, but a part of it does not work or is not there yet; ``off``: it was not started."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    OFF = "off"


@dataclass(frozen=True)
class Health:
    """One service's state; ``milliseconds`` is None where no answer came."""

    service: str
    state: State
    reason: str
    milliseconds: int | None


Probe = Callable[[], tuple[State, str]]


def check_all(probes: Mapping[str, Probe], deadline_seconds: float) -> list[Health]:
    """Every service's health, in the order given, after at most ``deadline_seconds``; the probes run side by side."""
    pool = ThreadPoolExecutor(max_workers=max(len(probes), 1), thread_name_prefix="health")
    asked = {name: pool.submit(_timed, name, probe) for name, probe in probes.items()}
    wait(asked.values(), timeout=deadline_seconds)
    pool.shutdown(wait=False)  # a probe past the deadline ends by its own time-out; nobody waits for it
    return [_collected(name, future, deadline_seconds) for name, future in asked.items()]


def _timed(name: str, probe: Probe) -> Health:
    began = time.perf_counter()
    try:
        state, reason = probe()
    except TelarError as error:
        return Health(name, State.DOWN, str(error), None)
    return Health(name, state, reason, round((time.perf_counter() - began) * 1000))


def _collected(name: str, future: "Future[Health]", deadline_seconds: float) -> Health:
    if not future.done():
        return Health(name, State.DOWN, f"no answer within {deadline_seconds:g} s", None)
    if error := future.exception():
        return Health(name, State.DOWN, f"its answer cannot be read ({type(error).__name__}: {error})", None)
    return future.result()
