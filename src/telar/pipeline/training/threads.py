"""One thread for each fit: the draws share the cores, and OpenMP's own threads would only wait for one another."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Keeps OpenMP (in the calling thread) and BLAS (in the process) to one thread; sums then have one order, too."""
    with ThreadpoolController().limit(limits=1):
        yield
