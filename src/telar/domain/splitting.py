"""A data set divided 60/20/20 by whole groups, each part with the shares of the classes: the rule, on plain values.

The rule is that of scikit-learn's `StratifiedGroupKFold(5)` without shuffling, in a tenth of its time and for services
without scikit-learn; folds 1 to 3 are the training part. Whoever splits stores the outcome, so the rule may change.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telar.domain.errors import DataError
from telar.domain.partitions import TEST, TRAIN, VALIDATION, Partition

FOLDS: tuple[Partition, ...] = (TRAIN, TRAIN, TRAIN, VALIDATION, TEST)
_RELATIVE, _ABSOLUTE = 1e-5, 1e-8  # numpy's isclose, by which scikit-learn tells a tie


@dataclass(frozen=True)
class Split:
    """The part of each row of a table, in the table's order, and the group that keeps it there (empty: none)."""

    parts: Sequence[Partition]
    groups: Sequence[str] = ()


def split(classes: Sequence[str], groups: Sequence[str]) -> list[Partition]:
    """The part of each row; rows of one group fall into one part.

    Raises:
        DataError: fewer groups than five, so that a part would be empty.
    """
    members = _members(groups)
    if len(members) < len(FOLDS):
        raise DataError(f"{len(members)} groups cannot be split into {len(FOLDS)} fifths: more rows are needed")
    found: list[Partition] = [TRAIN] * len(groups)
    for group, fold in _folds(classes, members):
        for row in members[group]:
            found[row] = FOLDS[fold]
    return found


def _members(groups: Sequence[str]) -> dict[str, list[int]]:
    members = defaultdict[str, list[int]](list)
    for row, group in enumerate(groups):
        members[group].append(row)
    return dict(sorted(members.items()))


def _folds(classes: Sequence[str], members: dict[str, list[int]]) -> Iterable[tuple[str, int]]:
    """The fold of each group, the unevenest group first."""
    names = {name: place for place, name in enumerate(sorted(set(classes)))}
    counts = {group: _count(rows, classes, names) for group, rows in members.items()}
    totals = [sum(column) for column in zip(*counts.values(), strict=True)]
    balance = _Balance(totals)
    for group in sorted(counts, key=lambda each: -_spread(counts[each])):
        yield group, balance.take(counts[group])


def _count(rows: list[int], classes: Sequence[str], names: dict[str, int]) -> list[int]:
    counts = [0] * len(names)
    for row in rows:
        counts[names[classes[row]]] += 1
    return counts


def _spread(counts: Sequence[int]) -> int:
    """Grows with the standard deviation; whole numbers, so that groups alike are alike on every machine."""
    return len(counts) * sum(count * count for count in counts) - sum(counts) ** 2


class _Balance:
    """How much of each class the folds hold, as shares of the whole class."""

    def __init__(self, totals: Sequence[int]) -> None:
        self._totals = totals
        self._shares = [[0.0] * len(FOLDS) for _ in totals]
        self._rows = [0] * len(FOLDS)

    def take(self, counts: Sequence[int]) -> int:
        """Puts a group into the fold where it leaves the classes most even; of two alike, the smaller."""
        unevenness = self._unevenness(counts)
        best, least, rows = 0, math.inf, math.inf
        for fold, value in enumerate(unevenness):
            tied = abs(value - least) <= _ABSOLUTE + _RELATIVE * abs(least)
            if value < least or (tied and self._rows[fold] < rows):
                best, least, rows = fold, value, self._rows[fold]
        for shares, count, total in zip(self._shares, counts, self._totals, strict=True):
            shares[best] += count / total
        self._rows[best] += sum(counts)
        return best

    def _unevenness(self, counts: Sequence[int]) -> list[float]:
        """For each fold, the mean over the classes of the standard deviation of their shares with the group in it."""
        sums = [0.0] * len(FOLDS)
        for shares, count, total in zip(self._shares, counts, self._totals, strict=True):
            added = count / total
            mean = (sum(shares) + added) / len(FOLDS)
            apart = [share - mean for share in shares]
            squares = sum(each * each for each in apart)
            for fold, each in enumerate(apart):
                sums[fold] += math.sqrt(max(squares + added * (2 * each + added), 0.0) / len(FOLDS))
        return [each / len(self._totals) for each in sums]
