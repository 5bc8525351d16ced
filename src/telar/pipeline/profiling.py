"""The profile of a frame: what `domain.drift` compares, column by column."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from telar.domain.columns import Column, Target
from telar.domain.profile import CategoryProfile, NumericProfile, Profile

LARGEST = 1e150  # the squares of more would be infinite, which no table holds


def profile(
    frame: pd.DataFrame, columns: Sequence[Column], target: Target | None = None, edges_from: Profile | None = None
) -> Profile:
    """The profile of the typed columns of ``frame`` and of its ``target``; identifiers are left out.

    ``edges_from`` is the profile to be compared with: its edges are taken where it has some, so that shares are
    comparable; otherwise the edges are the deciles of the frame itself.
    """
    numeric = {column.name: column.numeric for column in columns if not column.identifier}
    if target is not None:
        numeric[target.name] = not target.classes
    known = edges_from.numbers if edges_from else {}
    return Profile(
        rows=len(frame),
        numbers={
            name: _numeric(frame[name], known[name].edges if name in known else ())
            for name, is_number in numeric.items()
            if is_number
        },
        categories={name: _categories(frame[name]) for name, is_number in numeric.items() if not is_number},
    )


def _numeric(series: pd.Series, edges: tuple[float, ...]) -> NumericProfile:
    values = series.to_numpy(dtype=np.float64)
    present = np.clip(values[np.isfinite(values)], -LARGEST, LARGEST)
    nulls = len(values) - len(present)
    if not len(present):
        return NumericProfile(count=0, nulls=nulls, edges=edges)
    quantiles = np.quantile(present, np.linspace(0, 1, 101))
    edges = edges or _edges(quantiles)
    return NumericProfile(
        count=len(present),
        nulls=nulls,
        mean=float(present.mean()),
        std=float(present.std(ddof=1)) if len(present) > 1 else 0.0,
        median=float(quantiles[50]),
        q75=float(quantiles[75]),
        edges=edges,
        shares=_shares(present, edges),
        quantiles=tuple(quantiles.tolist()),
    )


def _edges(quantiles: NDArray[np.float64]) -> tuple[float, ...]:
    """The deciles, each once, between the least and the greatest value; a constant gets below, equal and above."""
    least, greatest = quantiles[0], quantiles[-1]
    inner = np.unique(quantiles[10:100:10])
    inner = inner[inner < greatest]
    if not len(inner):
        inner = np.array([np.nextafter(greatest, -np.inf), greatest])
    return (float(least), *inner.tolist(), float(greatest))


def _shares(present: NDArray[np.float64], edges: tuple[float, ...]) -> tuple[float, ...]:
    """The share of each interval, which holds its upper edge; the outer ones are open."""
    inner = np.asarray(edges[1:-1])
    counts = np.bincount(np.digitize(present, inner, right=True), minlength=len(inner) + 1)
    return tuple((counts / len(present)).tolist())


def _categories(series: pd.Series) -> CategoryProfile:
    present = series.dropna()
    shares = present.value_counts(normalize=True)
    return CategoryProfile(
        count=len(present),
        nulls=len(series) - len(present),
        shares={str(word): float(shares[word]) for word in sorted(shares.index)},
    )
