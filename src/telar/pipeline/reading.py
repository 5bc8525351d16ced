"""From text as received to typed rows: numbers float64, words str; the unreadable becomes missing and is counted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from telar.domain.columns import Column, Target
from telar.domain.use_case import UseCase


@dataclass(frozen=True)
class Typed:
    """``frame`` has the definition's columns and the target, under the raw frame's index.

    ``unreadable`` marks, in the same shape, the values that were present and not of their column's kind.
    """

    frame: pd.DataFrame
    unreadable: pd.DataFrame


def read_types(use_case: UseCase, raw: pd.DataFrame) -> Typed:
    """The definition's columns of ``raw`` (text or None) by their kind; a column that is not there is all missing.

    So is every text that the definition calls ``missing``. The target's words become the classes that they mean.
    """
    texts = {name: _texts(raw, name, use_case.missing) for name in use_case.names}
    read = {column.name: _read(column, texts[column.name]) for column in use_case.columns}
    read[use_case.target.name] = _read_target(use_case.target, texts[use_case.target.name])
    return Typed(
        frame=pd.DataFrame({name: values for name, (values, _) in read.items()}, index=raw.index),
        unreadable=pd.DataFrame({name: marks for name, (_, marks) in read.items()}, index=raw.index),
    )


def numbers(texts: pd.Series) -> pd.Series:
    """Finite numbers as float64; NaN for all else."""
    values = pd.to_numeric(texts, errors="coerce").astype("float64")
    return values.where(np.isfinite(values))


def _texts(raw: pd.DataFrame, name: str, missing: Sequence[str]) -> pd.Series:
    if name not in raw.columns:
        return pd.Series(None, index=raw.index, dtype="object")
    texts = raw[name].astype("object")
    blank = texts.isna() | texts.astype(str).str.strip().isin(["", *missing])
    return texts.where(~blank, None)


def _read(column: Column, texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    if not column.numeric:
        return texts, pd.Series(False, index=texts.index)
    values = numbers(texts)
    if column.kind == "integer":
        values = values.where(values == values.round())
    return values, texts.notna() & values.isna()


def _read_target(target: Target, texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    if not target.classes:
        values = numbers(texts)
        return values, texts.notna() & values.isna()
    values = texts.map(target.meanings, na_action="ignore").astype("object")
    known = values.notna()
    return values.where(known, None), texts.notna() & ~known
