"""The transformers behind `domain.features`: each appends one float32 column to a float32 matrix.

Sine, cosine and log are computed in double precision and rounded, as their ONNX forms do: a difference in the last
bit of a float32 can send a row down the other branch of a tree.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from telar.domain.features import Cosine, Difference, Feature, Hypotenuse, Log, Sine, Sum

Matrix = NDArray[np.float32]
DEGREE = np.pi / 180
GRID = 2.0**-24


class AppendedColumn(TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no annotations
    """A matrix of n x k in, n x (k + 1) out; a missing operand makes a missing value."""

    def fit(self, rows: ArrayLike, target: object = None) -> Self:  # noqa: ARG002
        """Learns nothing but the width."""
        self.n_features_in_ = np.shape(rows)[1]
        return self

    def transform(self, rows: ArrayLike) -> Matrix:
        """The rows with one more column."""
        matrix = np.asarray(rows, dtype=np.float32)
        return np.column_stack([matrix, self.column(matrix)])

    def column(self, matrix: Matrix) -> Matrix:
        """The new column, shape n."""
        raise NotImplementedError


class _OfTwo(AppendedColumn):
    def __init__(self, left: int = 0, right: int = 1) -> None:
        self.left = left
        self.right = right


class _OfOne(AppendedColumn):
    def __init__(self, operand: int = 0) -> None:
        self.operand = operand

    def _double(self, matrix: Matrix) -> NDArray[np.float64]:
        return matrix[:, self.operand].astype(np.float64)


class AppendSum(_OfTwo):
    """Appends ``left + right``."""

    def column(self, matrix: Matrix) -> Matrix:
        total: Matrix = matrix[:, self.left] + matrix[:, self.right]
        return total


class AppendDifference(_OfTwo):
    """Appends ``left - right``."""

    def column(self, matrix: Matrix) -> Matrix:
        difference: Matrix = matrix[:, self.left] - matrix[:, self.right]
        return difference


class AppendHypotenuse(_OfTwo):
    """Appends ``sqrt(left² + right²)``."""

    def column(self, matrix: Matrix) -> Matrix:
        left, right = matrix[:, self.left], matrix[:, self.right]
        with np.errstate(over="ignore"):
            distance: Matrix = np.sqrt(left * left + right * right)
        return distance


class AppendSine(_OfOne):
    """Appends the sine of an angle in degrees."""

    def column(self, matrix: Matrix) -> Matrix:
        return _on_grid(np.sin(self._double(matrix) * DEGREE))


class AppendCosine(_OfOne):
    """Appends the cosine of an angle in degrees."""

    def column(self, matrix: Matrix) -> Matrix:
        return _on_grid(np.sin(self._double(matrix) * DEGREE + np.pi / 2))


class AppendLog(_OfOne):
    """Appends ``log(1 + value)``; missing where the value is negative."""

    def column(self, matrix: Matrix) -> Matrix:
        value = self._double(matrix)
        logarithm: NDArray[np.float64] = np.log(np.where(value >= 0, value, np.nan) + 1)
        return logarithm.astype(np.float32)


def _on_grid(value: NDArray[np.float64]) -> Matrix:
    """On multiples of `GRID`: near 0 two sines that differ by an error of rounding differ in every bit."""
    return (np.round(value / GRID) * GRID).astype(np.float32)


STEPS: dict[type[Any], type[AppendedColumn]] = {
    Sum: AppendSum,
    Difference: AppendDifference,
    Hypotenuse: AppendHypotenuse,
    Sine: AppendSine,
    Cosine: AppendCosine,
    Log: AppendLog,
}


def step_for(feature: Feature, positions: list[str]) -> AppendedColumn:
    """The transformer of a feature over a matrix whose columns are named by ``positions``."""
    return STEPS[type(feature)](*(positions.index(name) for name in feature.inputs))
