"""A trained model as ONNX Runtime runs it: typed values of the contract's columns in, class indices or numbers out.

NumPy and ONNX Runtime only: the inference service imports this, and neither scikit-learn nor MLflow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from telar.domain.contract import Contract
from telar.domain.errors import NotServable

FILE_NAME = "model.onnx"
MISSING_WORD = ""
_ONLY_ERRORS = 3

Values = Sequence[Any] | NDArray[Any]


@dataclass(frozen=True)
class Scores:
    """What a model says of n rows.

    Classification: ``labels`` are the indices into ``contract.trained_classes`` of the highest of ``probabilities``
    (float32, n x len(trained_classes)); ``values`` is empty. Regression: ``values`` (float64, n) in the target's unit;
    ``labels`` is empty and ``probabilities`` n x 0.
    """

    labels: list[int]
    probabilities: NDArray[np.float32]
    values: NDArray[np.float64]


class OnnxModel:
    """One loaded model version; safe to run from several threads at once."""

    def __init__(self, session: "onnxruntime.InferenceSession", contract: Contract) -> None:
        self._session = session
        self._contract = contract
        self._output = "probabilities" if contract.task == "classification" else "value"

    @classmethod
    def load(cls, model: Path | bytes, contract: Contract, threads: int = 1) -> Self:
        """The model of a version's folder (its ``model.onnx``) or of the bytes themselves.

        Raises:
            NotServable: the file is missing or corrupt, or its inputs and outputs are not the contract's.
        """
        source = str(model / FILE_NAME) if isinstance(model, Path) else model
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _ONLY_ERRORS
        try:
            session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's classes have no common root but Exception
            where = source if isinstance(source, str) else f"{len(source)} bytes"
            raise NotServable(f"model of {contract.name}: ONNX Runtime cannot load {where}: {error}") from error
        loaded = cls(session, contract)
        loaded._check_interface()
        return loaded

    def run(self, columns: Mapping[str, Values]) -> Scores:
        """The scores of n rows, given n values for each column of the contract (numbers or str; None where missing)."""
        inputs = {column.name: _encoded(columns[column.name], column.numeric) for column in self._contract.columns}
        (result,) = self._session.run([self._output], inputs)
        none = np.empty((len(result), 0), dtype=np.float32)
        if self._contract.task == "regression":
            return Scores([], none, result.reshape(-1).astype(np.float64))
        return Scores(result.argmax(axis=1).tolist(), result, np.empty(0))

    def _check_interface(self) -> None:
        has = {each.name for each in self._session.get_inputs()}
        wants = {column.name for column in self._contract.columns}
        outputs = {each.name for each in self._session.get_outputs()}
        if has != wants or self._output not in outputs:
            odd = sorted(has ^ wants) or f"no output named {self._output}"
            raise NotServable(f"model of {self._contract.name}: its ONNX graph does not fit its contract: {odd}")


def _encoded(values: Values, numeric: bool) -> NDArray[Any]:
    """One graph input, shape n x 1: float32 with NaN, or text with ``""``, where a value is missing."""
    if numeric:
        return np.asarray(values, dtype=np.float32).reshape(-1, 1)
    words = [value if isinstance(value, str) else MISSING_WORD for value in values]
    return np.array(words, dtype=object).reshape(-1, 1)
