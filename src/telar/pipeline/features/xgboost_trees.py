"""The trees of a fitted XGBoost model, as it writes them itself.

onnxmltools 1.16 leaves out the intercept of each class that XGBoost 3 keeps, so Telar has a form of its own.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telar.pipeline.features.trees import Integers, Tree

ROUNDS_AT_ONCE = 10


def xgboost_trees(booster: Any) -> Iterator[Tree]:  # noqa: ANN401 # xgboost is an optional package
    """Each tree; read in parts, since the text of all is large.

    Raises:
        NotImplementedError: the booster is not of plain trees with one number in each leaf.
    """
    name = json.loads(booster.save_config())["learner"]["gradient_booster"]["name"]
    if name != "gbtree":
        raise NotImplementedError(f"XGBoost's booster {name} has no ONNX form; set booster='gbtree'")
    for first in range(0, booster.num_boosted_rounds(), ROUNDS_AT_ONCE):
        part = booster[first : min(first + ROUNDS_AT_ONCE, booster.num_boosted_rounds())]
        model = json.loads(part.save_raw("json"))["learner"]["gradient_booster"]["model"]
        for told, target in zip(model["trees"], model["tree_info"], strict=True):
            yield _tree(told, target)


def _tree(told: dict[str, Any], target: int) -> Tree:
    """The tree without the nodes that pruning left behind, numbered anew."""
    if int(told["tree_param"]["size_leaf_vector"]) > 1 or any(told["split_type"]):
        raise NotImplementedError("XGBoost's trees with vectors in leaves or splits by category have no ONNX form")
    left, right = (np.array(told[f"{side}_children"], dtype=np.int64) for side in ("left", "right"))
    kept = _reachable(left, right)
    numbers = np.append(np.cumsum(kept) - 1, -1)
    value = np.array(told["split_conditions"], dtype=np.float32)[kept]
    leaf = np.flatnonzero(left[kept] < 0)
    return Tree(
        left=numbers[left[kept]],
        right=numbers[right[kept]],
        feature=np.array(told["split_indices"], dtype=np.int64)[kept],
        threshold=value,
        missing_left=np.array(told["default_left"], dtype=np.int64)[kept],
        leaf=leaf,
        target=np.full(len(leaf), target),
        weight=value[leaf],
    )


def _reachable(left: Integers, right: Integers) -> NDArray[np.bool_]:
    kept = np.zeros(len(left), dtype=bool)
    front = np.zeros(1, dtype=np.int64)
    while len(front):
        kept[front] = True
        front = np.concatenate([left[front], right[front]])
        front = front[front >= 0]
    return kept
