"""The shape of a set of rows, column by column: small enough to store, enough to compare two sets."""

from pydantic import Field

from telar.domain.base import Value


class NumericProfile(Value):
    """A numeric column; all None where no value was present.

    ``quantiles`` are the 101 percentiles from 0 to 100. ``shares[i]`` is the share of the present values in the i-th
    interval of ``edges`` (len(edges) - 1 intervals, the outer ones open), so that two profiles on the same edges
    can be compared.
    """

    count: int
    nulls: int
    mean: float | None = None
    std: float | None = None
    median: float | None = None
    q75: float | None = None
    edges: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    quantiles: tuple[float, ...] = ()


class CategoryProfile(Value):
    """A category column: the share of the present values that each word holds."""

    count: int
    nulls: int
    shares: dict[str, float] = Field(default_factory=dict)


class Profile(Value):
    """The profile of a set of rows, the target among its columns; identifiers are left out."""

    rows: int
    numbers: dict[str, NumericProfile] = Field(default_factory=dict)
    categories: dict[str, CategoryProfile] = Field(default_factory=dict)
