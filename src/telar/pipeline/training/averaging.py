"""The mean of several fitted Pipelines as a Pipeline of its own, and its ONNX form; nothing is fitted anew."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from onnx import ModelProto, TensorProto, compose, helper
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline


def average_pipeline(members: Mapping[str, Pipeline], classes: int, rows: pd.DataFrame) -> Pipeline:
    """Soft voting of fitted classifiers of ``classes`` classes; the mean of regressors where that is 0.

    ``rows`` are at least as many rows of the model input, of which only the columns matter.
    """
    frozen = [(name, FrozenEstimator(member)) for name, member in members.items()]
    voting = VotingClassifier(frozen, voting="soft") if classes else VotingRegressor(frozen)
    target = np.arange(classes or 2)
    return Pipeline([("average", voting.fit(rows.iloc[: len(target)], target))])


def members_of(pipeline: Pipeline) -> list[Pipeline]:
    """The Pipelines whose mean this one is; none where it is not an average."""
    last = pipeline.steps[-1][1]
    return [each.estimator for each in last.estimators_] if isinstance(last, VotingClassifier | VotingRegressor) else []


def mean_of(models: list[ModelProto], classifies: bool) -> ModelProto:
    """One graph of all models, which share their inputs; it gives the mean of their scores, and the label of that."""
    name = "probabilities" if classifies else "value"
    parts = [compose.add_prefix(each, f"member_{place}_", rename_inputs=False) for place, each in enumerate(models)]
    scores = [part.graph.output[-1].name for part in parts]
    nodes = [node for part in parts for node in part.graph.node]
    nodes.append(helper.make_node("Mean", scores, [name]))
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", "k"])]
    if classifies:
        nodes.append(helper.make_node("ArgMax", [name], ["label"], axis=1, keepdims=0))
        outputs.insert(0, helper.make_tensor_value_info("label", TensorProto.INT64, ["n"]))
    constants = [constant for part in parts for constant in part.graph.initializer]
    graph = helper.make_graph(nodes, "average", list(parts[0].graph.input), outputs, constants)
    versions: dict[str, int] = {}
    for each in (each for part in parts for each in part.opset_import):
        versions[each.domain] = max(each.version, versions.get(each.domain, 0))
    opsets = [helper.make_opsetid(domain, version) for domain, version in versions.items()]
    return helper.make_model(graph, opset_imports=opsets, ir_version=max(part.ir_version for part in parts))
