"""The trees of a fitted XGBoost model as the attributes of an ONNX TreeEnsembleRegressor.

onnxmltools 1.16 reads them from a text dump and leaves out the intercept of each class that XGBoost 3 keeps.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDS_AT_ONCE = 10
LEAF, BRANCH = "LEAF", "BRANCH_LT"
Tree = dict[str, NDArray[Any]]


def tree_attributes(booster: Any) -> dict[str, Any]:  # noqa: ANN401 # xgboost is an optional package
    """The nodes and leaves of all trees; the sum of a class's leaves is its margin without the intercept.

    Raises:
        NotImplementedError: the booster is not of plain trees with one number in each leaf.
    """
    trees = [(_reachable(tree), number) for tree, number in _trees(booster)]
    leaves = [tree["left"] < 0 for tree, _ in trees]
    made: dict[str, Any] = {
        "nodes_treeids": _of_each(np.full(len(tree["left"]), place) for place, (tree, _) in enumerate(trees)),
        "nodes_nodeids": _of_each(np.arange(len(tree["left"])) for tree, _ in trees),
        "nodes_featureids": _of_each(tree["feature"] for tree, _ in trees),
        "nodes_truenodeids": _of_each(np.maximum(tree["left"], 0) for tree, _ in trees),
        "nodes_falsenodeids": _of_each(np.maximum(tree["right"], 0) for tree, _ in trees),
        "nodes_missing_value_tracks_true": _of_each(tree["default_left"] for tree, _ in trees),
        "nodes_values": _of_each(
            np.where(leaf, 0, tree["value"]) for (tree, _), leaf in zip(trees, leaves, strict=True)
        ),
        "target_treeids": _of_each(np.full(leaf.sum(), place) for place, leaf in enumerate(leaves)),
        "target_nodeids": _of_each(np.flatnonzero(leaf) for leaf in leaves),
        "target_ids": _of_each(np.full(leaf.sum(), of) for (_, of), leaf in zip(trees, leaves, strict=True)),
        "target_weights": _of_each(tree["value"][leaf] for (tree, _), leaf in zip(trees, leaves, strict=True)),
    }
    return {**made, "nodes_modes": [LEAF if each else BRANCH for leaf in leaves for each in leaf]}


def _trees(booster: Any) -> Iterator[tuple[Tree, int]]:  # noqa: ANN401 # xgboost is an optional package
    """Each tree with the number of the class that it speaks of; read in parts, since the text of all is large."""
    for first in range(0, booster.num_boosted_rounds(), ROUNDS_AT_ONCE):
        part = booster[first : min(first + ROUNDS_AT_ONCE, booster.num_boosted_rounds())]
        learner = json.loads(part.save_raw("json"))["learner"]["gradient_booster"]
        if learner["name"] != "gbtree":
            raise NotImplementedError(f"XGBoost's booster {learner['name']} has no ONNX form; set booster='gbtree'")
        yield from zip(map(_tree, learner["model"]["trees"]), learner["model"]["tree_info"], strict=True)


def _tree(told: dict[str, Any]) -> Tree:
    if int(told["tree_param"]["size_leaf_vector"]) > 1 or any(told["split_type"]):
        raise NotImplementedError("XGBoost's trees with vectors in leaves or splits by category have no ONNX form")
    return {
        "left": np.array(told["left_children"], dtype=np.int64),
        "right": np.array(told["right_children"], dtype=np.int64),
        "feature": np.array(told["split_indices"], dtype=np.int64),
        "default_left": np.array(told["default_left"], dtype=np.int64),
        "value": np.array(told["split_conditions"], dtype=np.float32),
    }


def _reachable(tree: Tree) -> Tree:
    """The tree without the nodes that pruning left behind, numbered anew."""
    kept = np.zeros(len(tree["left"]), dtype=bool)
    front = np.zeros(1, dtype=np.int64)
    while len(front):
        kept[front] = True
        front = np.concatenate([tree["left"][front], tree["right"][front]])
        front = front[front >= 0]
    numbers = np.append(np.cumsum(kept) - 1, -1)
    rest = {name: values[kept] for name, values in tree.items()}
    return {**rest, "left": numbers[rest["left"]], "right": numbers[rest["right"]]}


def _of_each(parts: Iterator[NDArray[Any]]) -> list[Any]:
    joined: list[Any] = np.concatenate(list(parts)).tolist()
    return joined
