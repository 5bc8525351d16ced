"""Waiting for what must come true, with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

import requests

Answer = TypeVar("Answer")


def until(what: str, holds: Callable[[], Answer], seconds: float, pause: float = 0.3) -> Answer:
    """The first truthy answer of ``holds``, or AssertionError naming ``what``; a service that is away means not yet."""
    deadline = time.monotonic() + seconds
    while True:
        last: object = None
        try:
            if answer := holds():
                return answer
            last = answer
        except requests.RequestException as error:
            last = error
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what} (last: {last!r})"
        time.sleep(pause)
