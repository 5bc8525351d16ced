"""The explanation of a compiled model: what is explained is what is served."""

import time

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from telar.adapters.onnx_model import OnnxModel
from telar.domain.contract import Contract
from telar.pipeline.explanation.explained import Explained
from telar.pipeline.explanation.rows import MOST_ANSWERS, SLOW_ANSWERS, RowsToExplain
from telar.pipeline.explanation.shapley import Columns, shapley_values

SEED = 0
QUICK = 10_000  # answers a second
_TIMED_ROWS = 500


def affordable(model: OnnxModel, contract: Contract, rows: pd.DataFrame) -> int:
    """How many answers an explanation may ask for: a tenth of a model that is slow on these typed rows."""
    some = rows.iloc[np.arange(_TIMED_ROWS) % len(rows)]
    columns = {column.name: some[column.name].to_numpy() for column in contract.columns}
    start = time.perf_counter()
    model.run(columns)
    return MOST_ANSWERS if _TIMED_ROWS / (time.perf_counter() - start) >= QUICK else SLOW_ANSWERS


def explain(model: OnnxModel, contract: Contract, rows: RowsToExplain) -> Explained:
    """The SHAP values of the explained rows against the background; the same rows give the same values."""

    def score(columns: Columns) -> NDArray[np.float64]:
        scores = model.run(columns)
        if contract.task == "regression":
            return scores.values.reshape(-1, 1)
        first = 1 if len(contract.trained_classes) == 2 else 0  # of two classes one says it all
        return scores.probabilities[:, first:].astype(np.float64)

    names = [column.name for column in contract.columns]
    explained, background = ({name: frame[name].to_numpy() for name in names} for frame in vars(rows).values())
    values, base = shapley_values(score, explained, background, SEED)
    return Explained(contract, rows, values, base)
