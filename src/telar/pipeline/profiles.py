"""The profile of a frame of typed rows, on edges of its own or on those of another profile."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from telar.domain.columns import Column
from telar.domain.profile import CategoryProfile, NumericProfile, Profile

INTERVALS = 10
Floats = npt.NDArray[np.float64]


def profile(columns: Sequence[Column], frame: pd.DataFrame, reference: Profile | None = None) -> Profile:
    """The shape of ``frame``, typed rows; intervals are deciles of its own, or those of ``reference``.

    Identifiers, and columns that the frame does not have, are left out.
    """
    compared = [column for column in columns if not column.identifier and column.name in frame.columns]
    known = reference.numbers if reference else {}
    return Profile(
        rows=len(frame),
        numbers={c.name: _number(frame[c.name], known.get(c.name)) for c in compared if c.numeric},
        categories={c.name: _category(frame[c.name]) for c in compared if not c.numeric},
    )


def _number(column: pd.Series, reference: NumericProfile | None) -> NumericProfile:
    values = column.to_numpy(dtype="float64")
    present = np.sort(values[np.isfinite(values)])
    nulls = len(values) - len(present)
    if not len(present):
        return NumericProfile(count=0, nulls=nulls, edges=reference.edges if reference else ())
    quantiles = np.percentile(present, np.arange(101))
    edges = np.asarray(reference.edges) if reference and reference.edges else _edges(quantiles)
    return NumericProfile(
        count=len(present),
        nulls=nulls,
        mean=float(present.mean()),
        std=float(present.std()),
        median=float(quantiles[50]),
        q75=float(quantiles[75]),
        edges=tuple(edges.tolist()),
        shares=_shares(present, edges),
        quantiles=tuple(quantiles.tolist()),
    )


def _edges(quantiles: Floats) -> Floats:
    edges: Floats = np.unique(quantiles[:: len(quantiles) // INTERVALS])
    return edges if len(edges) > 1 else np.repeat(edges, 2)


def _shares(present: Floats, edges: Floats) -> tuple[float, ...]:
    intervals = np.searchsorted(edges[1:-1], present, side="right")
    counts = np.bincount(intervals, minlength=len(edges) - 1)
    return tuple((counts / len(present)).tolist())


def _category(column: pd.Series) -> CategoryProfile:
    present = column.dropna()
    shares = present.astype(str).value_counts(normalize=True).sort_index()
    return CategoryProfile(
        count=len(present),
        nulls=len(column) - len(present),
        shares={str(word): float(share) for word, share in shares.items()},
    )
