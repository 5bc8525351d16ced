"""Each metric of `domain.metrics` as a function of the truth and of what the model said."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Indices = NDArray[np.int64]
Numbers = NDArray[np.float64]
SMALLEST_PROBABILITY = 1e-15


def accuracy(truth: Indices, probabilities: Numbers) -> float:
    """The share of rows whose most probable class is the true one."""
    return float(np.mean(probabilities.argmax(axis=1) == truth))


def macro_f1(truth: Indices, probabilities: Numbers) -> float:
    """The mean F1 of the classes that are present in the truth."""
    hits, said, true = _counts(truth, probabilities)
    present = true > 0
    return float(np.mean(2 * hits[present] / (said + true)[present]))


def recall(truth: Indices, probabilities: Numbers) -> float:
    """The recall of the second of two classes (NaN without such a row); of more, the mean over those in the truth."""
    hits, _, true = _counts(truth, probabilities)
    wanted = true > 0 if len(true) > 2 else np.array([False, true[1] > 0])
    return float(np.mean(hits[wanted] / true[wanted])) if wanted.any() else float("nan")


def log_loss(truth: Indices, probabilities: Numbers) -> float:
    """The mean negative logarithm of the true class's probability."""
    given = probabilities[np.arange(len(truth)), truth]
    return float(-np.mean(np.log(np.maximum(given, SMALLEST_PROBABILITY))))


def brier(truth: Indices, probabilities: Numbers) -> float:
    """The mean squared distance from certainty in the truth; halved for two classes, as is usual."""
    distance = np.square(probabilities - np.eye(probabilities.shape[1])[truth]).sum(axis=1)
    return float(distance.mean() / (2 if probabilities.shape[1] == 2 else 1))


def roc_auc(truth: Indices, probabilities: Numbers) -> float:
    """The area under the curve of the second of two classes; of more, the mean of each class in the truth against the
    rest; NaN where only one is."""
    present = np.unique(truth)
    if len(present) < 2:
        return float("nan")
    if probabilities.shape[1] == 2:
        return _area(truth == 1, probabilities[:, 1])
    return float(np.mean([_area(truth == each, probabilities[:, each]) for each in present]))


def mae(truth: Numbers, values: Numbers) -> float:
    """Mean absolute error in the target's unit."""
    return float(np.mean(np.abs(values - truth)))


def rmse(truth: Numbers, values: Numbers) -> float:
    """Root of the mean squared error in the target's unit."""
    return float(np.sqrt(np.mean(np.square(values - truth))))


def median_absolute_percentage_error(truth: Numbers, values: Numbers) -> float:
    """The median of the absolute error as a share of the truth, where that is not 0."""
    known = truth != 0
    return float(np.median(np.abs(values - truth)[known] / np.abs(truth[known]))) if known.any() else float("nan")


def r2(truth: Numbers, values: Numbers) -> float:
    """The share of the variance explained; NaN where there is none."""
    variance = float(np.sum(np.square(truth - truth.mean())))
    return 1 - float(np.sum(np.square(values - truth))) / variance if variance > 0 else float("nan")


CLASSIFICATION: dict[str, Callable[[Any, Numbers], float]] = {
    "accuracy": accuracy,
    "macro_f1": macro_f1,
    "log_loss": log_loss,
    "roc_auc": roc_auc,
    "recall": recall,
    "brier": brier,
}
REGRESSION: dict[str, Callable[[Any, Numbers], float]] = {
    "mae": mae,
    "rmse": rmse,
    "median_absolute_percentage_error": median_absolute_percentage_error,
    "r2": r2,
}


def _counts(truth: Indices, probabilities: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Per class: rows said and true, rows said, rows true."""
    width = probabilities.shape[1]
    said = probabilities.argmax(axis=1)
    tally = [np.bincount(each, minlength=width).astype(np.float64) for each in (truth[said == truth], said, truth)]
    return tally[0], tally[1], tally[2]


def _area(positive: NDArray[np.bool_], scores: Numbers) -> float:
    """How often a positive row scores higher than another one, ties counted half (Mann and Whitney's U)."""
    count = int(positive.sum())
    above = rankdata(scores)[positive].sum() - count * (count + 1) / 2
    return float(above / (count * (len(scores) - count)))
