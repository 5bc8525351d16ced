"""What a waiting person sees: each step with its time, and a sign of life while it lasts. Standard library only."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_EVERY = 10.0


def tell(text: str) -> None:
    """Print lines at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Progress:
    """Prints steps with the seconds since its making and their own."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._began

    @contextmanager
    def step(self, text: str, detail: Callable[[], str] = lambda: "") -> Iterator[None]:
        """Say what is being done, that it still is (every ten seconds, with ``detail``), and how long it took."""
        began, over = time.monotonic(), threading.Event()
        watcher = threading.Thread(target=self._watch, args=(text, began, over, detail), daemon=True)
        watcher.start()
        try:
            yield
        except BaseException:
            self.say(f"{text}: failed after {time.monotonic() - began:.1f} s")
            raise
        finally:
            over.set()
            watcher.join()
        self.say(f"{text} ({time.monotonic() - began:.1f} s)")

    def say(self, text: str) -> None:
        """One line, with the seconds since the start."""
        tell(f"[{self.elapsed:5.1f} s] {text}")

    def _watch(self, text: str, began: float, over: threading.Event, detail: Callable[[], str]) -> None:
        while not over.wait(_EVERY):
            more = detail()
            self.say(f"... {text}, {time.monotonic() - began:.0f} s so far{': ' if more else ''}{more}")
