"""A regressor that learns the logarithm of a target and answers in the target's own unit, and its ONNX form."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from skl2onnx import get_model_alias, update_registered_converter
from skl2onnx.common.data_types import FloatTensorType
from sklearn.base import BaseEstimator, RegressorMixin, clone

from telar.pipeline.features.graph import DOUBLE, Graph


class LogTarget(RegressorMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no annotations
    """Fits ``regressor`` to ``log(1 + target)`` and undoes it in ``predict``; a target below 0 has no logarithm.

    scikit-learn's TransformedTargetRegressor has no ONNX form, and keeps functions that skops does not trust.
    """

    def __init__(self, regressor: BaseEstimator) -> None:
        self.regressor = regressor

    def fit(self, rows: ArrayLike, target: ArrayLike) -> Self:
        """Fits a copy of the regressor, ``regressor_``."""
        self.regressor_ = clone(self.regressor).fit(rows, np.log1p(target))
        return self

    def predict(self, rows: ArrayLike) -> NDArray[np.float64]:
        """Numbers in the target's unit, 0 or more, shape n."""
        logarithms = np.asarray(self.regressor_.predict(rows), dtype=np.float64).reshape(-1)
        numbers: NDArray[np.float64] = np.maximum(np.exp(logarithms) - 1, 0)
        return numbers


def register_log_target() -> None:
    """Makes skl2onnx know the regressor; again and again without harm."""
    update_registered_converter(LogTarget, "TelarLogTarget", _shape, _convert)


def _shape(operator: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    operator.outputs[0].type = FloatTensorType([None, 1])


def _convert(scope: Any, operator: Any, container: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    graph = Graph(scope, operator, container)
    inner = scope.declare_local_operator(get_model_alias(type(graph.step.regressor_)), graph.step.regressor_)
    inner.inputs = operator.inputs
    inner.outputs.append(scope.declare_local_variable("logarithm", FloatTensorType([None, 1])))
    logarithm = graph.node("Cast", inner.outputs[0].full_name, to=DOUBLE)
    number = graph.node("Sub", graph.node("Exp", logarithm), graph.constant(1.0))
    positive = graph.node("Max", number, graph.constant(0.0))
    graph.node("Reshape", graph.single(positive), graph.shape(-1, 1), output=graph.output)
