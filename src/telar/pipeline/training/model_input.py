"""Typed frames as the models take them: numbers float32, missing words ``""``, the target as a class index."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from telar.adapters.onnx_model import MISSING_WORD
from telar.domain.columns import Column
from telar.domain.errors import DataError
from telar.domain.use_case import UseCase

Target = NDArray[np.int64] | NDArray[np.float64]


def model_input(frame: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """The columns of a typed frame, in their order: float32 with NaN, str with ``""`` where missing."""
    ready = {
        column.name: frame[column.name].astype(np.float32) if column.numeric else _words(frame[column.name])
        for column in columns
    }
    return pd.DataFrame(ready)


def trained_classes(use_case: UseCase, target: pd.Series) -> tuple[str, ...]:
    """The classes that these rows hold, in the order of the definition; empty for a regression.

    Raises:
        DataError: fewer than two classes.
    """
    if use_case.task == "regression":
        return ()
    present = set(target.unique())
    classes = tuple(value for value in use_case.target.values if value in present)
    if len(classes) < 2:
        raise DataError(
            f"{use_case.name}: the train rows hold {len(classes)} of the target's {len(use_case.target.values)} "
            f"classes ({', '.join(classes) or 'none'}); a classification needs at least two: wait for more batches"
        )
    return classes


def encoded_target(target: pd.Series, classes: tuple[str, ...]) -> Target:
    """The index of each value in ``classes``, -1 for a class that was not trained; numbers for a regression."""
    if not classes:
        return target.to_numpy(dtype=np.float64)
    return np.asarray(pd.Index(classes).get_indexer(pd.Index(target)), dtype=np.int64)


def _words(series: pd.Series) -> pd.Series:
    return series.astype(object).where(series.notna(), MISSING_WORD)
