"""Forests and XGBoost's models have an ONNX form that answers as they do, whatever their objective and pruning."""

from typing import Any

import numpy as np
import onnxruntime
import pytest
import xgboost
from numpy.typing import NDArray
from skl2onnx import to_onnx
from sklearn.base import BaseEstimator
from sklearn.datasets import make_classification
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from telar.pipeline.features import register
from telar.pipeline.training.compile import OPSETS

RANDOM = np.random.default_rng(0)
ROWS = RANDOM.normal(size=(2_000, 5)).astype(np.float32)
TWO, FOUR = (ROWS[:, 0] > 1).astype(int), np.digitize(ROWS[:, 0] + ROWS[:, 1], [-1, 0, 1])
POSITIVE, AROUND_100 = np.exp(ROWS[:, 0] + 2), 100 + ROWS[:, 1]
SMALL: dict[str, Any] = {"n_estimators": 23, "max_depth": 4, "n_jobs": 1, "random_state": 0}


@pytest.mark.parametrize("forest", [ExtraTreesClassifier, RandomForestClassifier])
@pytest.mark.parametrize("limits", [{}, {"max_leaf_nodes": 40, "max_features": None}, {"class_weight": "balanced"}])
def test_a_forest_answers_alike_at_its_own_thresholds(forest: type[BaseEstimator], limits: dict[str, Any]) -> None:
    coarse = np.round(ROWS, 1)
    model = forest(20, random_state=0, **limits).fit(coarse, FOUR)
    split = np.concatenate([tree.tree_.threshold[tree.tree_.feature == 2] for tree in model.estimators_])
    asked = np.tile(coarse[:1], (len(split), 1))
    asked[:, 2] = split
    for rows in (coarse, asked):
        _check_classifier(model, rows)


@pytest.mark.parametrize(
    ("target", "changed"),
    [
        (TWO, {}),
        (TWO, {"scale_pos_weight": 4, "base_score": 0.3}),
        (FOUR, {"subsample": 0.7}),
        (FOUR, {"gamma": 3, "tree_method": "exact"}),
    ],
)
def test_a_boosted_classifier_answers_alike(target: NDArray[np.int64], changed: dict[str, Any]) -> None:
    _check_classifier(xgboost.XGBClassifier(**SMALL, **changed).fit(ROWS, target), ROWS)


@pytest.mark.parametrize(
    ("target", "changed"),
    [
        (AROUND_100, {}),
        (AROUND_100, {"num_parallel_tree": 3, "subsample": 0.5}),
        (np.full(2_000, 5.0), {}),
        (POSITIVE, {"objective": "reg:absoluteerror", "max_leaves": 6, "gamma": 1}),
        (POSITIVE, {"objective": "reg:pseudohubererror"}),
        (POSITIVE, {"objective": "reg:squaredlogerror"}),
        (POSITIVE, {"objective": "reg:gamma"}),
        (POSITIVE, {"objective": "reg:tweedie"}),
        (np.floor(POSITIVE), {"objective": "count:poisson"}),
    ],
)
def test_a_boosted_regressor_answers_alike(target: NDArray[np.float64], changed: dict[str, Any]) -> None:
    model = xgboost.XGBRegressor(**SMALL, **changed).fit(ROWS, target)
    holed = ROWS.copy()
    holed[::7, 0] = np.nan
    for rows in (ROWS, holed):
        np.testing.assert_allclose(_run(model, rows)[0][:, 0], model.predict(rows), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("changed", [{"booster": "gblinear"}, {"booster": "dart"}, {"objective": "reg:logistic"}])
def test_a_boosted_model_without_a_form_is_refused_by_name(changed: dict[str, str]) -> None:
    model = xgboost.XGBRegressor(n_estimators=3, **changed).fit(ROWS, (ROWS[:, 0] > 0).astype(float))
    with pytest.raises((NotImplementedError, RuntimeError), match=f"{'|'.join(changed.values())}"):
        _run(model, ROWS)


def test_a_leaf_costs_as_many_weights_as_it_has_classes() -> None:
    rows, target = make_classification(3_000, 12, n_informative=8, n_classes=7, random_state=0)
    model = ExtraTreesClassifier(10, random_state=0).fit(rows.astype(np.float32), target)
    nodes = sum(tree.tree_.node_count for tree in model.estimators_)
    assert len(_compiled(model, 12)) / nodes < 40


def _check_classifier(model: BaseEstimator, rows: NDArray[np.float32]) -> None:
    label, probabilities = _run(model, rows)
    said = model.predict_proba(rows)
    np.testing.assert_allclose(probabilities, said, atol=1e-6)
    best = np.sort(said, axis=1)
    clear = best[:, -1] - best[:, -2] > 1e-6
    np.testing.assert_array_equal(label[clear], model.predict(rows)[clear])


def _run(model: BaseEstimator, rows: NDArray[np.float32]) -> list[NDArray[Any]]:
    session = onnxruntime.InferenceSession(_compiled(model, rows.shape[1]), providers=["CPUExecutionProvider"])
    results: list[NDArray[Any]] = session.run(None, {"X": rows})
    return results


def _compiled(model: BaseEstimator, width: int) -> bytes:
    register()
    options = {id(model): {"zipmap": False}} if hasattr(model, "classes_") else {}
    graph = to_onnx(model, np.zeros((1, width), np.float32), options=options, target_opset=OPSETS)
    return bytes(graph.SerializeToString())
