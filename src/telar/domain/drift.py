"""Two comparisons of a batch: with the batch before it, and with the rows that production was trained on."""

import math
from collections.abc import Mapping, Sequence

from telar.domain.base import Value
from telar.domain.profile import CategoryProfile, NumericProfile, Profile

STATISTICS = {"mean": "mean", "std": "standard deviation", "median": "median", "q75": "75 % quantile"}
SMALLEST_SHARE = 1e-4
RARE_SHARE = 0.01
LARGEST = 1e6  # a change beyond a millionfold is told as one: tables hold no infinity
NOTHING = 1e-9  # beside its spread, a mean below this is a 0 that rounding left


class Change(Value):
    """The relative change of one statistic of one column against the previous batch; None where one side has none."""

    column: str
    statistic: str
    previous: float | None
    current: float | None
    change: float | None


class Shift(Value):
    """How far one column lies from the rows that production was trained on.

    ``psi`` is the population stability index, ``wasserstein`` the mean distance of the percentiles in standard
    deviations of the reference (None for categories), ``new_share`` the share of values that production never saw.
    """

    column: str
    psi: float | None = None
    wasserstein: float | None = None
    new_share: float | None = None


def compare_batches(previous: Profile | None, current: Profile) -> tuple[Change, ...]:
    """Every statistic of every numeric column against the previous batch; empty at the first batch."""
    if previous is None:
        return ()
    return tuple(
        _change(name, statistic, previous.numbers[name], profile)
        for name, profile in current.numbers.items()
        if name in previous.numbers
        for statistic in STATISTICS
    )


def compare_with_training(reference: Profile | None, current: Profile) -> tuple[Shift, ...]:
    """Every column against production's training rows; ``current`` must have been profiled on ``reference``'s edges."""
    if reference is None:
        return ()
    numbers = (
        Shift(
            column=name,
            psi=population_stability(reference.numbers[name].shares, profile.shares),
            wasserstein=_wasserstein(reference.numbers[name], profile),
        )
        for name, profile in current.numbers.items()
        if name in reference.numbers
    )
    words = (
        _category_shift(name, reference.categories[name], profile)
        for name, profile in current.categories.items()
        if name in reference.categories
    )
    return (*numbers, *words)


def relative_change(previous: float, current: float, spread: float | None = None) -> float:
    """``|current - previous| / |previous|``; a previous 0 is measured in its ``spread``, else all or nothing."""
    scale = abs(previous)
    if spread and scale <= NOTHING * spread:
        scale = spread
    if scale == 0:
        return 0.0 if current == 0 else 1.0
    return min(abs(current - previous) / scale, LARGEST)


def population_stability(reference: Sequence[float], current: Sequence[float]) -> float | None:
    """PSI of two distributions over the same intervals; None when either is empty. Empty intervals count as 0.01 %."""
    if not reference or len(reference) != len(current):
        return None
    pairs = [(max(a, SMALLEST_SHARE), max(b, SMALLEST_SHARE)) for a, b in zip(reference, current, strict=True)]
    return sum((b - a) * math.log(b / a) for a, b in pairs)


def _change(column: str, statistic: str, previous: NumericProfile, current: NumericProfile) -> Change:
    before, now = getattr(previous, statistic), getattr(current, statistic)
    known = before is not None and now is not None
    change = relative_change(before, now, previous.std) if known else None
    return Change(column=column, statistic=statistic, previous=before, current=now, change=change)


def _wasserstein(reference: NumericProfile, current: NumericProfile) -> float | None:
    if not reference.quantiles or not current.quantiles:
        return None
    distance = sum(abs(a - b) for a, b in zip(reference.quantiles, current.quantiles, strict=True))
    mean = distance / len(reference.quantiles)
    if not reference.std:
        return 0.0 if mean == 0 else 1.0
    return min(mean / reference.std, LARGEST)


def _category_shift(column: str, reference: CategoryProfile, current: CategoryProfile) -> Shift:
    if not current.shares:
        return Shift(column=column)
    new = sum(share for word, share in current.shares.items() if word not in reference.shares)
    psi = population_stability(*_grouped(reference.shares, current.shares)) if reference.shares else None
    return Shift(column=column, psi=psi, new_share=min(new, 1.0))


def _grouped(reference: Mapping[str, float], current: Mapping[str, float]) -> tuple[list[float], list[float]]:
    """The shares of every word that one of both holds often, and of all others together.

    Of thousands of rare words, chance alone would make an index far beyond any threshold.
    """
    words = {*reference, *current}
    common = sorted(word for word in words if max(reference.get(word, 0), current.get(word, 0)) >= RARE_SHARE)
    sides = ([side.get(word, 0.0) for word in common] for side in (reference, current))
    left, right = ([*shares, max(1.0 - sum(shares), 0.0)] for shares in sides)
    return left, right
