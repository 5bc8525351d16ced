"""Writes the ONNX nodes of one step for skl2onnx."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

ML = "ai.onnx.ml"
FLOAT, INT64, DOUBLE, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.DOUBLE, TensorProto.STRING

# What skl2onnx may ask of any classifier; Telar asks for plain arrays.
NO_OPTIONS = {"zipmap": [True, False, "columns"], "nocl": [True, False], "output_class_labels": [True, False]}


class Graph:
    """The ONNX nodes of one step, written one after the other; nodes and operands go by the names of their results."""

    def __init__(self, scope: Any, operator: Any, container: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
        self._scope = scope
        self._container = container
        self.step = operator.raw_operator
        self.output: str = operator.outputs[0].full_name
        names = [each.full_name for each in operator.inputs]
        self.matrix: str = names[0] if len(names) == 1 else self.node("Concat", *names, axis=1)

    def node(self, kind: str, *inputs: str, output: str | None = None, domain: str = "", **attributes: object) -> str:
        """Adds a node and returns the name of its result."""
        name = output or self._scope.get_unique_variable_name(kind.lower())
        label = self._scope.get_unique_operator_name(kind)
        self._container.add_node(kind, list(inputs), [name], op_domain=domain, name=label, **attributes)
        return str(name)

    def constant(self, value: float) -> str:
        """A constant in double precision, shape 1 x 1."""
        return self._initializer(DOUBLE, [1, 1], [value])

    def word(self, value: str) -> str:
        """A constant word, shape 1 x 1."""
        return self._initializer(STRING, [1, 1], [value.encode()])

    def row(self, values: NDArray[np.float64]) -> str:
        """Constants in single precision, shape 1 x k."""
        return self._initializer(FLOAT, [1, len(values)], values.astype(np.float32).tolist())

    def table(self, values: NDArray[np.float32]) -> str:
        """Constants in single precision, n x k."""
        return self._initializer(FLOAT, list(values.shape), values.ravel().tolist())

    def shape(self, *sizes: int) -> str:
        """The shape that a Reshape asks for."""
        return self._initializer(INT64, [len(sizes)], list(sizes))

    def operand(self, position: int) -> str:
        """One column of the matrix."""
        return self.node("Gather", self.matrix, self._initializer(INT64, [1], [position]), axis=1)

    def vector(self, position: int) -> str:
        """One column of the matrix, shape n."""
        return self.node("Gather", self.matrix, self._initializer(INT64, [], [position]), axis=1)

    def double(self, position: int) -> str:
        """One column of the matrix in double precision."""
        return self.node("Cast", self.operand(position), to=DOUBLE)

    def single(self, value: str) -> str:
        """That value rounded to single precision."""
        return self.node("Cast", value, to=FLOAT)

    def append(self, column: str) -> None:
        """Ends the step: the matrix with that column as the last."""
        self.node("Concat", self.matrix, column, output=self.output, axis=1)

    def _initializer(self, kind: int, shape: list[int], values: list[Any]) -> str:
        name = self._scope.get_unique_variable_name("constant")
        self._container.add_initializer(name, kind, shape, values)
        return str(name)
