"""A fitted Pipeline as an ONNX graph with the interface that inference expects."""

from collections.abc import Mapping
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
    names = {each.name: column.name for each, column in zip(model.graph.input, contract.columns, strict=True)}
    if not classifies:
        names[model.graph.output[0].name] = "value"
    _rename(model, names)
    return model


def _rename(model: ModelProto, names: Mapping[str, str]) -> None:
    """Gives values of the graph other names, all at once: skl2onnx writes a-b as a_b, and a_b beside it as a_b1."""
    for node in model.graph.node:
        for ends in (node.input, node.output):
            ends[:] = [names.get(each, each) for each in ends]
    for each in (*model.graph.input, *model.graph.output):
        each.name = names.get(each.name, each.name)
