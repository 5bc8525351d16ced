"""The explanation of a compiled model: what is explained is what is served."""

import numpy as np
from numpy.typing import NDArray

from telar.adapters.onnx_model import OnnxModel
from telar.domain.contract import Contract
from telar.pipeline.explanation.explained import Explained
from telar.pipeline.explanation.rows import RowsToExplain
from telar.pipeline.explanation.shapley import Columns, shapley_values

SEED = 0


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
