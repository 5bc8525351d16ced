"""Each metric of `domain.metrics`, by how often each row counts.

A metric takes the truth and what the model said, and works out once what each row says; what it gives is the figure for
any ``counts`` of the rows, as many as there are rows: each once for an evaluation, as often as drawn for a bootstrap.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Numbers = NDArray[np.float64]
Counted = Callable[[Indices], float]
Metric = Callable[[Any, Numbers], Counted]
SMALLEST_PROBABILITY = 1e-15


def _mean(of_rows: Numbers) -> Counted:
    return lambda counts: float((counts * of_rows).sum() / len(counts))  # a BLAS product would wait for busy cores


def _accuracy(truth: Indices, probabilities: Numbers) -> Counted:
    """The share of rows whose most probable class is the true one."""
    return _mean((probabilities.argmax(axis=1) == truth).astype(np.float64))


def _log_loss(truth: Indices, probabilities: Numbers) -> Counted:
    """The mean negative logarithm of the true class's probability."""
    given = probabilities[np.arange(len(truth)), truth]
    return _mean(-np.log(np.maximum(given, SMALLEST_PROBABILITY)))


def _brier(truth: Indices, probabilities: Numbers) -> Counted:
    """The mean squared distance from certainty in the truth; halved for two classes, as is usual."""
    width = probabilities.shape[1]
    return _mean(np.square(probabilities - np.eye(width)[truth]).sum(axis=1) / (2 if width == 2 else 1))


def _macro_f1(truth: Indices, probabilities: Numbers) -> Counted:
    """The mean F1 of the classes that are present in the truth."""
    confused = _confusion(truth, probabilities)

    def measure(counts: Indices) -> float:
        matrix = confused(counts)
        true, said = matrix.sum(axis=1), matrix.sum(axis=0)
        present = true > 0
        return float(np.mean(2 * matrix.diagonal()[present] / (said + true)[present]))

    return measure


def _recall(truth: Indices, probabilities: Numbers) -> Counted:
    """The recall of the second of two classes (NaN without such a row); of more, the mean over those in the truth."""
    confused = _confusion(truth, probabilities)

    def measure(counts: Indices) -> float:
        matrix = confused(counts)
        true = matrix.sum(axis=1)
        wanted = true > 0 if len(true) > 2 else np.array([False, true[1] > 0])
        return float(np.mean(matrix.diagonal()[wanted] / true[wanted])) if wanted.any() else float("nan")

    return measure


def _confusion(truth: Indices, probabilities: Numbers) -> Callable[[Indices], Numbers]:
    """Rows drawn by true class and said class, k x k."""
    width = probabilities.shape[1]
    places = truth * width + probabilities.argmax(axis=1)
    return lambda counts: np.bincount(places, counts, width * width).astype(np.float64).reshape(width, width)


def _roc_auc(truth: Indices, probabilities: Numbers) -> Counted:
    """The area under the curve of the second of two classes; of more, the mean of each class in the truth against the
    rest; NaN where only one is."""
    width = probabilities.shape[1]
    wanted = [1] if width == 2 else sorted(set(truth.tolist()))
    areas = {each: _area(truth == each, probabilities[:, each]) for each in wanted}

    def measure(counts: Indices) -> float:
        present = np.flatnonzero(np.bincount(truth, counts, width))
        if len(present) < 2:
            return float("nan")
        return float(np.mean([areas[each](counts) for each in wanted if each in present]))

    return measure


def _area(positive: NDArray[np.bool_], scores: Numbers) -> Counted:
    """How often a positive row scores higher than another one, ties counted half (Mann and Whitney's U)."""
    order = np.argsort(scores, kind="stable")
    ordered, above = scores[order], positive[order]
    hits = np.flatnonzero(above)
    first, last = (np.searchsorted(ordered, ordered[hits], side) for side in ("left", "right"))

    def measure(counts: Indices) -> float:
        drawn = counts[order]
        others = np.concatenate([[0], np.cumsum(np.where(above, 0, drawn))])
        won = drawn[hits]
        return float((won * (others[first] + others[last])).sum() / (2 * won.sum() * others[-1]))

    return measure


def _mae(truth: Numbers, values: Numbers) -> Counted:
    """Mean absolute error in the target's unit."""
    return _mean(np.abs(values - truth))


def _rmse(truth: Numbers, values: Numbers) -> Counted:
    """Root of the mean squared error in the target's unit."""
    squared = _mean(np.square(values - truth))
    return lambda counts: float(np.sqrt(squared(counts)))


def _median_absolute_percentage_error(truth: Numbers, values: Numbers) -> Counted:
    """The median of the absolute error as a share of the truth, where that is not 0."""
    known = np.flatnonzero(truth != 0)
    shares = np.abs(values - truth)[known] / np.abs(truth[known])
    order = np.argsort(shares, kind="stable")
    rows, ordered = known[order], shares[order]

    def measure(counts: Indices) -> float:
        passed = np.cumsum(counts[rows])
        if not len(passed) or not passed[-1]:
            return float("nan")
        middle = [(passed[-1] - 1) // 2 + 1, passed[-1] // 2 + 1]
        return float(ordered[np.searchsorted(passed, middle)].mean())

    return measure


def _r2(truth: Numbers, values: Numbers) -> Counted:
    """The share of the variance explained; NaN where there is none."""
    centred = truth - truth.mean()  # else the squares of large numbers drown their variance
    error, mean, square = _mean(np.square(values - truth)), _mean(centred), _mean(np.square(centred))

    def measure(counts: Indices) -> float:
        variance = square(counts) - mean(counts) ** 2
        return 1 - error(counts) / variance if variance > 0 else float("nan")

    return measure


CLASSIFICATION: dict[str, Metric] = {
    "accuracy": _accuracy,
    "macro_f1": _macro_f1,
    "log_loss": _log_loss,
    "roc_auc": _roc_auc,
    "recall": _recall,
    "brier": _brier,
}
REGRESSION: dict[str, Metric] = {
    "mae": _mae,
    "rmse": _rmse,
    "median_absolute_percentage_error": _median_absolute_percentage_error,
    "r2": _r2,
}
