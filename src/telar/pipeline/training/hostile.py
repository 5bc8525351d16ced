"""Rows to compare two forms of a model on: held-out ones, and ones with nulls, unknown words and limits."""

import numpy as np
import pandas as pd

from telar.domain.columns import Column
from telar.domain.contract import Contract

HELD_OUT_ROWS = 5_000
HOSTILE_ROWS = 1_500
UNKNOWN = "never seen before"
CHANGED_SHARE = 0.3


def parity_rows(frame: pd.DataFrame, contract: Contract, seed: int = 0) -> pd.DataFrame:
    """6,500 typed rows of the contract's columns, made of the held-out ``frame`` (at least one row).

    The first 5,000 are held-out rows; where there are fewer, they are topped up with mixtures of them (each value from
    another row). In each of the other 1,500, about a third of the values is missing, unknown or at a limit.
    """
    random = np.random.default_rng(seed)
    held_out = frame[[column.name for column in contract.columns]]
    if len(held_out) > HELD_OUT_ROWS:
        held_out = held_out.sample(HELD_OUT_ROWS, random_state=seed)
    mixed = _mixture(held_out, HELD_OUT_ROWS - len(held_out), random)
    hostile = _mixture(held_out, HOSTILE_ROWS, random)
    for column in contract.columns:
        hostile[column.name] = _disturbed(hostile[column.name], column, random)
    return pd.concat([held_out, mixed, hostile], ignore_index=True)


def _mixture(frame: pd.DataFrame, rows: int, random: np.random.Generator) -> pd.DataFrame:
    """Rows whose values come from independent rows of ``frame``."""
    drawn = {name: frame[name].to_numpy()[random.integers(0, len(frame), rows)] for name in frame.columns}
    return pd.DataFrame(drawn).astype(dict(frame.dtypes))


def _disturbed(values: pd.Series, column: Column, random: np.random.Generator) -> pd.Series:
    if column.numeric:
        low = values.min() if column.minimum is None else column.minimum
        high = values.max() if column.maximum is None else column.maximum
        odd: list[object] = [np.nan, low, high]
    else:
        odd = [None, "", UNKNOWN, *(category.value for category in column.categories)]
    changed = random.random(len(values)) < CHANGED_SHARE
    drawn = pd.Series([odd[each] for each in random.integers(0, len(odd), len(values))], index=values.index)
    return values.where(~changed, drawn.astype(values.dtype))
