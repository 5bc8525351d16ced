"""The ONNX form of XGBoost's classifier and regressor, registered where that optional package is in use."""

import json
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skl2onnx import update_registered_converter
from skl2onnx.common.shape_calculator import (
    calculate_linear_classifier_output_shapes,
    calculate_linear_regressor_output_shapes,
)

from telar.pipeline.features.graph import ML, NO_OPTIONS, Graph
from telar.pipeline.features.trees import tree_attributes
from telar.pipeline.features.xgboost_trees import xgboost_trees

PLAIN = ("reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror", "reg:squaredlogerror")
EXPONENTIAL = ("count:poisson", "reg:gamma", "reg:tweedie")


def register_xgboost() -> None:
    """Makes skl2onnx know XGBoost's models, if the process has any; again and again without harm."""
    xgboost = sys.modules.get("xgboost")
    if xgboost is None:
        return
    shapes = calculate_linear_classifier_output_shapes
    update_registered_converter(xgboost.XGBClassifier, "TelarXGBClassifier", shapes, _classify, options=NO_OPTIONS)
    shapes = calculate_linear_regressor_output_shapes
    update_registered_converter(xgboost.XGBRegressor, "TelarXGBRegressor", shapes, _regress)


def _classify(scope: Any, operator: Any, container: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    graph = Graph(scope, operator, container)
    label, probabilities = (each.full_name for each in operator.outputs)
    objective, intercepts = _learned(graph.step)
    if objective == "binary:logistic":
        margin = _margins(graph, np.log(intercepts / (1 - intercepts)))
        chance = graph.node("Sigmoid", margin)
        rest = graph.node("Sub", graph.row(np.ones(1)), chance)
        graph.node("Concat", rest, chance, output=probabilities, axis=1)
    elif objective == "multi:softprob":
        graph.node("Softmax", _margins(graph, intercepts), output=probabilities, axis=1)
    else:
        raise NotImplementedError(f"XGBoost's objective {objective} has no ONNX form here")
    graph.node("ArgMax", probabilities, output=label, axis=1, keepdims=0)


def _regress(scope: Any, operator: Any, container: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    graph = Graph(scope, operator, container)
    objective, intercepts = _learned(graph.step)
    if objective in PLAIN:
        graph.node("Identity", _margins(graph, intercepts), output=graph.output)
    elif objective in EXPONENTIAL:
        graph.node("Exp", _margins(graph, np.log(intercepts)), output=graph.output)
    else:
        raise NotImplementedError(f"XGBoost's objective {objective} has no ONNX form here; use {', '.join(PLAIN)}")


def _margins(graph: Graph, intercepts: NDArray[np.float64]) -> str:
    """The sums of the leaves, n x (classes or 1)."""
    return graph.node(
        "TreeEnsembleRegressor",
        graph.matrix,
        domain=ML,
        n_targets=len(intercepts),
        base_values=intercepts.astype(np.float32).tolist(),
        **tree_attributes(list(xgboost_trees(graph.step.get_booster())), "BRANCH_LT"),
    )


def _learned(model: Any) -> tuple[str, NDArray[np.float64]]:  # noqa: ANN401 # optional package
    """The objective, and the intercept of each class in the unit of the answer (of more than two: of the margin)."""
    learner = json.loads(model.get_booster().save_config())["learner"]
    told = json.loads(learner["learner_model_param"]["base_score"])
    return str(learner["objective"]["name"]), np.atleast_1d(np.asarray(told, dtype=np.float64))
