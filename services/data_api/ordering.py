"""The order in which rows are served: as they come, part by part of a split, or batch by batch of a pattern."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from telar.adapters.sources.splitting import split_table
from telar.domain.errors import DataError
from telar.domain.partitions import PARTITIONS, Partition
from telar.domain.use_case import PublishedSource, Selection, UseCase

SEED = 47


@dataclass(frozen=True)
class Ordered:
    """The rows, and how many of them each part or each batch of another size has."""

    rows: pd.DataFrame
    parts: dict[Partition, int] = field(default_factory=dict)
    batch_sizes: tuple[int, ...] = ()


def in_order(use_case: UseCase, rows: pd.DataFrame) -> Ordered:
    """The rows as the use case's source serves them.

    Raises:
        DataError: they cannot be split, or no row is left for a batch of the pattern.
    """
    if isinstance(use_case.source, PublishedSource):
        parts = pd.Series(list(split_table(use_case, rows).parts), index=rows.index, dtype="object")
        pieces = {part: rows[parts == part] for part in PARTITIONS}
        return Ordered(pd.concat(pieces.values()), parts={part: len(piece) for part, piece in pieces.items()})
    if not use_case.source.selections:
        return Ordered(rows)
    chosen = _selected(use_case.source.selections, rows.reset_index(drop=True))
    return Ordered(pd.concat(chosen), batch_sizes=tuple(len(piece) for piece in chosen))


def _selected(selections: tuple[Selection, ...], rows: pd.DataFrame) -> list[pd.DataFrame]:
    """A batch for each selection; a row is in one at most. Of fewer rows than wanted in all, each gets its share."""
    random = np.random.default_rng(SEED)
    share = min(1.0, len(rows) / sum(each.rows for each in selections))
    free = pd.Series(True, index=rows.index)
    chosen = []
    for number, selection in enumerate(selections, 1):
        fitting = rows.index[free & _fits(selection, rows)]
        if fitting.empty:
            raise DataError(f"no row is left for batch {number} of the pattern ({selection})")
        count = min(len(fitting), max(1, round(selection.rows * share)))
        taken = np.sort(random.choice(fitting.to_numpy(), count, replace=False))
        free[taken] = False
        chosen.append(rows.loc[taken])
    return chosen


def _fits(selection: Selection, rows: pd.DataFrame) -> pd.Series:
    fits = pd.Series(True, index=rows.index)
    for rule in selection.where:
        if rule.words:
            fits &= rows[rule.column].astype("string").isin(list(rule.words))
        if rule.minimum is not None:
            fits &= pd.to_numeric(rows[rule.column], errors="coerce") >= rule.minimum
        if rule.maximum is not None:
            fits &= pd.to_numeric(rows[rule.column], errors="coerce") <= rule.maximum
    return fits
