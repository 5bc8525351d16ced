"""How good a model is on held-out rows, and how sure a gain of one model over another is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from telar.adapters.onnx_model import Scores
from telar.domain.contract import Contract
from telar.domain.errors import DataError
from telar.domain.metrics import gain
from telar.pipeline.training.metrics import CLASSIFICATION, REGRESSION, Metric


@dataclass(frozen=True)
class Said:
    """What one model said of the held-out rows: its scores, and the contract that explains their columns."""

    contract: Contract
    scores: Scores


def evaluate(contract: Contract, target: pd.Series, scores: Scores) -> dict[str, float]:
    """Every metric of the task on the rows whose true values are ``target`` (classes as the source writes them).

    Two models with other trained classes are comparable: a class that a model does not know has probability 0.
    A metric that these rows do not define (a ROC area of one class) is left out.

    Raises:
        DataError: there are no rows.
    """
    if target.empty:
        raise DataError(f"{contract.name}: there are no held-out rows to evaluate on; wait for more batches")
    truth, outputs = _truth(contract, target), _outputs(Said(contract, scores))
    figures = {name: measure(truth, outputs)(_once(truth)) for name, measure in _metrics(contract).items()}
    return {name: value for name, value in figures.items() if np.isfinite(value)}


def score(metric: str, contract: Contract, target: pd.Series, scores: Scores) -> float:
    """One metric on those rows; NaN where they do not define it."""
    truth = _truth(contract, target)
    return _metrics(contract)[metric](truth, _outputs(Said(contract, scores)))(_once(truth))


def bootstrap_gain(
    metric: str, target: pd.Series, challenger: Said, production: Said, rounds: int = 500, seed: int = 0
) -> tuple[float, float]:
    """The 95 % interval of the challenger's gain in ``metric`` over ``rounds`` resamplings of the same rows."""
    truth, measure = _truth(challenger.contract, target), _metrics(challenger.contract)[metric]
    ours, theirs = (measure(truth, _outputs(said)) for said in (challenger, production))
    random = np.random.default_rng(seed)
    gains = []
    for _ in range(rounds):
        counts = np.bincount(random.integers(0, len(truth), len(truth)), minlength=len(truth))
        gains.append(gain(metric, ours(counts), theirs(counts)))
    low, high = np.nanquantile(gains, [0.025, 0.975])
    return float(low), float(high)


def _metrics(contract: Contract) -> dict[str, Metric]:
    return CLASSIFICATION if contract.task == "classification" else REGRESSION


def _once(truth: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.int64]:
    """Each row counts once."""
    return np.ones(len(truth), dtype=np.int64)


def _truth(contract: Contract, target: pd.Series) -> NDArray[np.int64] | NDArray[np.float64]:
    """The index of each true class in the target's definition, or the true numbers."""
    if contract.task == "regression":
        return target.to_numpy(dtype=np.float64)
    indices = pd.Index(contract.target.values).get_indexer(pd.Index(target))
    if (indices < 0).any():
        raise DataError(f"{contract.name}: held-out rows hold a target value outside {contract.target.values}")
    return np.asarray(indices, dtype=np.int64)


def _outputs(said: Said) -> NDArray[np.float64]:
    """Probabilities over every class of the target's definition (n x classes), or the predicted numbers (n)."""
    contract, scores = said.contract, said.scores
    if contract.task == "regression":
        return scores.values
    places = [contract.target.values.index(value) for value in contract.trained_classes]
    full = np.zeros((len(scores.probabilities), len(contract.target.values)))
    full[:, places] = scores.probabilities
    return full
