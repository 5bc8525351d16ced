"""Which words belong together: exact values, beginnings and ranges of whole numbers, as one regular expression."""

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from telar.domain.base import Value

Whole = Annotated[int, Field(ge=0)]


class Group(Value):
    """The words that ``name`` stands for.

    A word belongs to it if it is one of ``values``, begins with one of ``prefixes``, or is a number whose whole part
    lies in one of ``ranges`` (both ends included: 250.83 is within 250 to 250; zeros in front do not count).
    """

    name: Annotated[str, Field(min_length=1)]
    values: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    ranges: tuple[tuple[Whole, Whole], ...] = ()

    @property
    def pattern(self) -> str:
        """A regular expression that matches the whole of such a word, the same in Python's `re` and in RE2."""
        ways = [re.escape(value) for value in self.values]
        ways += [f"{re.escape(prefix)}.*" for prefix in self.prefixes]
        ways += [rf"0*(?:{_between(low, high)})(?:\.[0-9]*)?" for low, high in self.ranges]
        return f"(?s)(?:{'|'.join(ways)})"

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.values and not self.prefixes and not self.ranges:
            raise ValueError(f"group {self.name}: give values, prefixes or ranges, or no word belongs to it")
        if "" in (*self.values, *self.prefixes):
            raise ValueError(f"group {self.name}: an empty value or prefix is a missing word, which stays missing")
        for low, high in self.ranges:
            if low > high:
                raise ValueError(f"group {self.name}: the range begins at {low}, above its end {high}")
        return self


def _between(low: int, high: int) -> str:
    """The whole numbers from ``low`` to ``high``, without zeros in front."""
    ways = []
    for width in range(len(str(low)), len(str(high)) + 1):
        first = max(low, 10 ** (width - 1) if width > 1 else 0)
        ways.append(_of_one_width(str(first), str(min(high, 10**width - 1))))
    return "|".join(ways)


def _of_one_width(low: str, high: str) -> str:
    """The strings of digits from ``low`` to ``high``, all as long as these two."""
    if not low:
        return ""
    rest = len(low) - 1
    if low[0] == high[0]:
        return low[0] + _of_one_width(low[1:], high[1:])
    if low[1:] == "0" * rest and high[1:] == "9" * rest:
        return f"[{low[0]}-{high[0]}]{'[0-9]' * rest}"
    ways = [low[0] + _of_one_width(low[1:], "9" * rest)]
    if int(high[0]) - int(low[0]) > 1:
        ways.append(f"[{int(low[0]) + 1}-{int(high[0]) - 1}]{'[0-9]' * rest}")
    ways.append(high[0] + _of_one_width("0" * rest, high[1:]))
    return f"(?:{'|'.join(ways)})"
