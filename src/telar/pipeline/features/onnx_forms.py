"""The ONNX form of each appended column, and of the scaler, registered with skl2onnx."""

from collections.abc import Callable
from typing import Any

import numpy as np
from skl2onnx import update_registered_converter
from skl2onnx.common.data_types import FloatTensorType
from sklearn.preprocessing import StandardScaler

from telar.pipeline.features.graph import Graph
from telar.pipeline.features.log_target import register_log_target
from telar.pipeline.features.onnx_forests import register_forests
from telar.pipeline.features.onnx_words import register_words
from telar.pipeline.features.onnx_xgboost import register_xgboost
from telar.pipeline.features.steps import (
    DEGREE,
    GRID,
    AppendCosine,
    AppendDifference,
    AppendedColumn,
    AppendHypotenuse,
    AppendLog,
    AppendSine,
    AppendSum,
)


def _sum(graph: Graph) -> str:
    return graph.node("Add", graph.operand(graph.step.left), graph.operand(graph.step.right))


def _difference(graph: Graph) -> str:
    return graph.node("Sub", graph.operand(graph.step.left), graph.operand(graph.step.right))


def _hypotenuse(graph: Graph) -> str:
    left, right = graph.operand(graph.step.left), graph.operand(graph.step.right)
    return graph.node("Sqrt", graph.node("Add", graph.node("Mul", left, left), graph.node("Mul", right, right)))


def _sine(graph: Graph) -> str:
    radians = graph.node("Mul", graph.double(graph.step.operand), graph.constant(DEGREE))
    return _on_grid(graph, graph.node("Sin", radians))


def _cosine(graph: Graph) -> str:
    radians = graph.node("Mul", graph.double(graph.step.operand), graph.constant(DEGREE))
    return _on_grid(graph, graph.node("Sin", graph.node("Add", radians, graph.constant(np.pi / 2))))


def _on_grid(graph: Graph, value: str) -> str:
    steps = graph.node("Round", graph.node("Div", value, graph.constant(GRID)))
    return graph.single(graph.node("Mul", steps, graph.constant(GRID)))


def _log(graph: Graph) -> str:
    value = graph.double(graph.step.operand)
    known = graph.node("GreaterOrEqual", value, graph.constant(0.0))
    checked = graph.node("Where", known, value, graph.constant(float("nan")))
    return graph.single(graph.node("Log", graph.node("Add", checked, graph.constant(1.0))))


_FORMS: dict[type[AppendedColumn], Callable[[Graph], str]] = {
    AppendSum: _sum,
    AppendDifference: _difference,
    AppendHypotenuse: _hypotenuse,
    AppendSine: _sine,
    AppendCosine: _cosine,
    AppendLog: _log,
}


def register() -> None:
    """Makes skl2onnx know every transformer of this package; again and again without harm."""
    for step, form in _FORMS.items():
        update_registered_converter(step, f"Telar{step.__name__}", _wider, _converter(form))
    update_registered_converter(StandardScaler, "TelarStandardScaler", _as_wide, _scale)
    register_words()
    register_log_target()
    register_forests()
    register_xgboost()


def _scale(scope: Any, operator: Any, container: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    """``(x - mean) / scale`` in single precision, as scikit-learn does it on float32.

    skl2onnx's own form multiplies by ``1 / scale``: another last bit, and now and then the other branch of a tree.
    """
    graph = Graph(scope, operator, container)
    centred = graph.node("Sub", graph.matrix, graph.row(graph.step.mean_))
    graph.node("Div", centred, graph.row(graph.step.scale_), output=graph.output)


def _as_wide(operator: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    operator.outputs[0].type = FloatTensorType([None, operator.inputs[0].type.shape[1]])


def _wider(operator: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    width = operator.inputs[0].type.shape[1]
    operator.outputs[0].type = FloatTensorType([None, width + 1])


def _converter(form: Callable[[Graph], str]) -> Callable[[Any, Any, Any], None]:
    def convert(scope: Any, operator: Any, container: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
        graph = Graph(scope, operator, container)
        graph.append(form(graph))

    return convert
