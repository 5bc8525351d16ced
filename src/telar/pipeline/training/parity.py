"""Whether a compiled model says what the scikit-learn one says; a version whose forms disagree is never registered."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from telar.adapters.onnx_model import OnnxModel, Scores
from telar.domain.contract import Contract
from telar.domain.errors import ParityFailed
from telar.domain.promotion import Parity
from telar.domain.rules import GateRules
from telar.pipeline.training.hostile import parity_rows
from telar.pipeline.training.model_input import model_input

SAME_NUMBER = 1e-3
TIE = 1e-6


def check_parity(
    pipeline: Pipeline, onnx_bytes: bytes, frame: pd.DataFrame, contract: Contract, rules: GateRules
) -> Parity:
    """Compares both forms on at least 5,000 rows made of the held-out ``frame`` (see `hostile.parity_rows`).

    Labels are those of the highest probability; where the scikit-learn model gives two classes the same (within 1e-6,
    the noise of sums in single precision), either label is right. For a regression, two numbers within 0.1 % of each
    other (0.001 where they are smaller than 1) count as the same label, and the difference is relative in that way.

    Raises:
        ParityFailed: names both figures and their limits.
        NotServable: ONNX Runtime does not load the bytes.
    """
    rows = parity_rows(frame, contract)
    compiled = OnnxModel.load(onnx_bytes, contract).run(
        {column.name: rows[column.name].to_numpy() for column in contract.columns}
    )
    parity = _compared(pipeline, model_input(rows, contract.columns), compiled, contract)
    labels_hold = parity.label_agreement >= rules.min_label_parity
    if labels_hold and parity.max_probability_difference <= rules.max_probability_difference:
        return parity
    raise ParityFailed(
        f"{contract.name}: on {parity.rows} rows the ONNX model gives the label of the scikit-learn model for "
        f"{parity.label_agreement:.3%} (limit {rules.min_label_parity:.1%}) and its scores differ by up to "
        f"{parity.max_probability_difference:.3g} (limit {rules.max_probability_difference:g}); nothing is registered"
    )


def _compared(pipeline: Pipeline, rows: pd.DataFrame, compiled: Scores, contract: Contract) -> Parity:
    if contract.task == "regression":
        numbers = pipeline.predict(rows)
        difference = np.abs(compiled.values - numbers) / np.maximum(np.abs(numbers), 1.0)
        same = difference <= SAME_NUMBER
    else:
        probabilities = pipeline.predict_proba(rows)
        difference = np.abs(compiled.probabilities - probabilities)
        given = probabilities[np.arange(len(rows)), compiled.labels]
        same = given >= probabilities.max(axis=1) - TIE
    return Parity(rows=len(rows), label_agreement=float(same.mean()), max_probability_difference=_largest(difference))


def _largest(difference: NDArray[np.floating]) -> float:
    """The largest difference; one that is no number counts as the largest there is."""
    return float(np.max(np.nan_to_num(difference.astype(np.float64), nan=np.finfo(np.float64).max)))
