"""Shapley values of any function of columns, words and missing values included.

From each background row to the explained one, the columns are exchanged one after the other in a random order, and each
gets the change of the answer that its exchange makes (Strumbelj and Kononenko, 2014). Exact would be every order.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[Any]]
Score = Callable[[Columns], NDArray[np.float64]]
AT_ONCE = 20_000


def shapley_values(
    score: Score, rows: Columns, background: Columns, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The values (rows x columns x outputs) and the base, the mean answer to the background (outputs).

    ``score`` answers k rows with k x outputs; it is asked for at most rows x background x columns. Base and values of a
    row add up to its answer.
    """
    differs = _differing(rows, background)
    order = np.random.default_rng(seed).random(differs.shape).argsort(axis=2)
    place = order.argsort(axis=2)
    # A column with the same value in both changes nothing, so it is not asked about.
    row, back, step = np.nonzero(np.take_along_axis(differs, order, axis=2))
    answers = [np.empty((0, 0))]
    for first in range(0, len(row), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        exchanged = place[row[part], back[part]] <= step[part, np.newaxis]
        answers.append(score(_mixed(rows, background, row[part], back[part], exchanged)))
    start = score(background)
    changes = _changes(np.concatenate([each.reshape(-1, start.shape[1]) for each in answers]), start, row, back)
    values = np.zeros((differs.shape[0], differs.shape[2], start.shape[1]))
    np.add.at(values, (row, order[row, back, step]), changes / len(start))
    return values, start.mean(axis=0)


def _differing(rows: Columns, background: Columns) -> NDArray[np.bool_]:
    """Rows x background x columns: whether both have another value there; two missing ones are the same."""
    unequal = []
    for name, values in rows.items():
        codes, _ = pd.factorize(np.concatenate([values, background[name]]))  # missing: -1
        unequal.append(codes[: len(values), np.newaxis] != codes[np.newaxis, len(values) :])
    return np.stack(unequal, axis=2)


def _mixed(
    rows: Columns, background: Columns, row: NDArray[np.int64], back: NDArray[np.int64], exchanged: NDArray[np.bool_]
) -> Columns:
    """The background's rows with the exchanged columns of the explained rows."""
    return {
        name: np.where(exchanged[:, column], values[row], background[name][back])
        for column, (name, values) in enumerate(rows.items())
    }


def _changes(
    answers: NDArray[np.float64], start: NDArray[np.float64], row: NDArray[np.int64], back: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How each answer differs from the one before it on the same way, the first from the background row's."""
    before = np.roll(answers, 1, axis=0)
    begins = np.ones(len(row), dtype=bool)
    begins[1:] = (row[1:] != row[:-1]) | (back[1:] != back[:-1])
    before[begins] = start[back[begins]]
    return answers - before
