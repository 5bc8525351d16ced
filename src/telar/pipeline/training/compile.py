"""A fitted Pipeline as an ONNX graph with the interface that inference expects."""

from typing import Any

from onnx import ModelProto
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from skl2onnx.common.exceptions import MissingConverter, MissingShapeCalculator
from sklearn.pipeline import Pipeline

from telar.domain.contract import Contract
from telar.domain.errors import NotConvertible
from telar.pipeline.features import register
from telar.pipeline.training.averaging import mean_of, members_of
from telar.pipeline.training.quiet import quiet

OPSETS = {"": 20, "ai.onnx.ml": 3}
# skl2onnx and its converters raise what they happen to; whatever it is, the pipeline has no ONNX form.
_REFUSALS = (MissingConverter, MissingShapeCalculator, NotImplementedError, RuntimeError, TypeError, ValueError)


def compile_onnx(pipeline: Pipeline, contract: Contract) -> bytes:
    """The ONNX form: one input of shape n x 1 per column of the contract, named as it.

    Outputs: ``label`` (int64, the index of the highest probability) and ``probabilities`` (float, n x classes); or
    ``value`` (float, n x 1) for a regression.

    Raises:
        NotConvertible: skl2onnx has no form for a step of the pipeline.
    """
    register()
    members = members_of(pipeline)
    if members:
        model = mean_of([_graph(each, contract) for each in members], contract.task == "classification")
    else:
        model = _graph(pipeline, contract)
    return bytes(model.SerializeToString())


def _graph(pipeline: Pipeline, contract: Contract) -> ModelProto:
    classifies = contract.task == "classification"
    inputs = [
        (column.name, (FloatTensorType if column.numeric else StringTensorType)([None, 1]))
        for column in contract.columns
    ]
    options: dict[int, Any] = {id(pipeline): {"zipmap": False}} if classifies else {}
    try:
        with quiet():
            model: ModelProto = to_onnx(pipeline, initial_types=inputs, options=options, target_opset=OPSETS)
    except _REFUSALS as error:
        estimator = type(pipeline.steps[-1][1]).__name__
        raise NotConvertible(f"the pipeline of {estimator} has no ONNX form: {error}") from error
    if not classifies:
        _rename_output(model, "value")
    return model


def _rename_output(model: ModelProto, name: str) -> None:
    """Gives the graph's only output another name."""
    (output,) = model.graph.output
    for node in model.graph.node:
        for position, each in enumerate(node.output):
            if each == output.name:
                node.output[position] = name
    output.name = name
