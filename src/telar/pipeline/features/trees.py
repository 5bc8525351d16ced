"""Trees as the attributes of an ONNX TreeEnsembleRegressor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Branch = Literal["BRANCH_LT", "BRANCH_LEQ"]


@dataclass(frozen=True)
class Tree:
    """One tree; its first node is the root.

    By node: the children ``left`` (where the ``feature`` is below the ``threshold``, or missing and ``missing_left``)
    and ``right``, -1 in a leaf. By answer: the ``leaf`` that gives it, the ``target`` it counts for, its ``weight``.
    """

    left: Integers
    right: Integers
    feature: Integers
    threshold: NDArray[np.float32]
    missing_left: Integers
    leaf: Integers
    target: Integers
    weight: NDArray[np.float32]


def tree_attributes(trees: Sequence[Tree], branch: Branch) -> dict[str, Any]:
    """The attributes of all trees; a row's answer is the sum of the weights of its leaves, for each target."""
    leaves = [tree.left < 0 for tree in trees]
    return {
        "nodes_treeids": _joined(np.full(len(tree.left), place) for place, tree in enumerate(trees)),
        "nodes_nodeids": _joined(np.arange(len(tree.left)) for tree in trees),
        "nodes_featureids": _joined(np.maximum(tree.feature, 0) for tree in trees),
        "nodes_truenodeids": _joined(np.maximum(tree.left, 0) for tree in trees),
        "nodes_falsenodeids": _joined(np.maximum(tree.right, 0) for tree in trees),
        "nodes_missing_value_tracks_true": _joined(tree.missing_left for tree in trees),
        "nodes_values": _joined(np.where(leaf, 0, tree.threshold) for tree, leaf in zip(trees, leaves, strict=True)),
        "nodes_modes": ["LEAF" if each else branch for leaf in leaves for each in leaf],
        "target_treeids": _joined(np.full(len(tree.leaf), place) for place, tree in enumerate(trees)),
        "target_nodeids": _joined(tree.leaf for tree in trees),
        "target_ids": _joined(tree.target for tree in trees),
        "target_weights": _joined(tree.weight for tree in trees),
    }


def _joined(parts: Iterable[NDArray[Any]]) -> list[Any]:
    joined: list[Any] = np.concatenate(list(parts)).tolist()
    return joined
