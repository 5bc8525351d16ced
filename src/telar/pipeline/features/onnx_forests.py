"""The ONNX form of scikit-learn's forests of classification trees, half as large as that of skl2onnx.

skl2onnx 1.20 writes a weight for every class into every leaf, and how often each node was reached.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from skl2onnx import update_registered_converter
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from telar.pipeline.features.graph import ML, NO_OPTIONS, Graph
from telar.pipeline.features.trees import Tree, tree_attributes


def register_forests() -> None:
    """Makes skl2onnx take this form; again and again without harm."""
    shapes = calculate_linear_classifier_output_shapes
    for forest in (ExtraTreesClassifier, RandomForestClassifier):
        update_registered_converter(forest, f"Telar{forest.__name__}", shapes, _convert, options=NO_OPTIONS)


def _convert(scope: Any, operator: Any, container: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    graph = Graph(scope, operator, container)
    label, probabilities = (each.full_name for each in operator.outputs)
    members = graph.step.estimators_
    graph.node(
        "TreeEnsembleRegressor",
        graph.matrix,
        output=probabilities,
        domain=ML,
        n_targets=len(graph.step.classes_),
        **tree_attributes([_tree(each.tree_, len(members)) for each in members], "BRANCH_LEQ"),
    )
    graph.node("ArgMax", probabilities, output=label, axis=1, keepdims=0)


def _tree(tree: Any, members: int) -> Tree:  # noqa: ANN401 # scikit-learn's trees are untyped
    """One of several trees, each with an equal say."""
    leaves = tree.children_left < 0
    shares = np.where(leaves[:, None], tree.value[:, 0, :], 0)
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    leaf, target = np.nonzero(shares)
    return Tree(
        left=tree.children_left,
        right=tree.children_right,
        feature=tree.feature,
        threshold=_rounded_down(tree.threshold),
        missing_left=tree.missing_go_to_left.astype(np.int64),
        leaf=leaf,
        target=target,
        weight=(shares[leaf, target] / members).astype(np.float32),
    )


def _rounded_down(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """In single precision, so that the same single-precision numbers are at most the threshold."""
    single = thresholds.astype(np.float32)
    rounded: NDArray[np.float32] = np.where(single > thresholds, np.nextafter(single, np.float32(-np.inf)), single)
    return rounded
