"""What a use case can reach on its published rows: candidates too heavy for every batch, and figures of others."""

from typing import Annotated

from pydantic import Field

from telar.domain.base import Value
from telar.domain.candidates import Average, Candidate


class Published(Value):
    """What a paper reports for the same metric, on a split of its own."""

    what: str
    value: float


class Benchmark(Value):
    """The training that the quality benchmark makes of real rows, and what it must reach.

    Each of ``splits`` repetitions holds out another fifth of the rows, stratified by class and by whole groups of the
    partition key. ``metric`` is the mean over them of the best contender; it must be ``at_least`` (of an error: at
    most) that, within ``minutes`` a repetition on two cores and with a compiled model of at most ``megabytes``.
    """

    metric: str
    at_least: float
    candidates: tuple[Candidate, ...]
    averages: tuple[Average, ...] = ()
    splits: Annotated[int, Field(ge=1, le=5)] = 1
    minutes: float = 10.0
    megabytes: float = 200.0
    published: tuple[Published, ...] = ()
