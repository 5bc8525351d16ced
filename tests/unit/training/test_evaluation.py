"""Metrics are those of scikit-learn, comparable across models that know other classes."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as known

from telar.adapters.onnx_model import Scores
from telar.domain.errors import DataError
from telar.domain.metrics import GREATER_IS_BETTER
from telar.pipeline.training.evaluate import Said, bootstrap_gain, evaluate
from telar.pipeline.training.metrics import CLASSIFICATION, REGRESSION
from tests.support.priced import PRICED
from tests.support.tiny import TINY

TWO = TINY.model_copy(
    update={"target": TINY.target.model_copy(update={"classes": TINY.target.classes[:2]}), "primary_metric": "roc_auc"}
)
ALL = TINY.contract(("0", "1", "2"))
RANDOM = np.random.default_rng(0)
TRUTH = RANDOM.integers(0, 3, 500)
PROBABILITIES = RANDOM.dirichlet([1, 1, 1], 500) * 0.6 + 0.4 * np.eye(3)[TRUTH]


def test_every_metric_that_may_be_named_has_a_function() -> None:
    assert {*CLASSIFICATION, *REGRESSION} == set(GREATER_IS_BETTER)


def test_classification_metrics_are_those_of_scikit_learn() -> None:
    found = evaluate(ALL, _words(TRUTH), _scores(PROBABILITIES))
    said = PROBABILITIES.argmax(axis=1)
    assert found["accuracy"] == pytest.approx(known.accuracy_score(TRUTH, said))
    assert found["macro_f1"] == pytest.approx(known.f1_score(TRUTH, said, average="macro"))
    assert found["recall"] == pytest.approx(known.balanced_accuracy_score(TRUTH, said))
    assert found["log_loss"] == pytest.approx(known.log_loss(TRUTH, PROBABILITIES), rel=1e-5)
    assert found["roc_auc"] == pytest.approx(known.roc_auc_score(TRUTH, PROBABILITIES, multi_class="ovr"), rel=1e-5)
    assert found["brier"] == pytest.approx(
        known.brier_score_loss(TRUTH, PROBABILITIES, scale_by_half=False, labels=[0, 1, 2]), rel=1e-5
    )


def test_regression_metrics_are_those_of_scikit_learn() -> None:
    truth, values = RANDOM.normal(100, 20, 300), RANDOM.normal(100, 20, 300)
    scores = Scores([], np.empty((300, 0), np.float32), values)
    found = evaluate(PRICED.contract(()), pd.Series(truth), scores)
    assert found["mae"] == pytest.approx(known.mean_absolute_error(truth, values))
    assert found["rmse"] == pytest.approx(known.root_mean_squared_error(truth, values))
    assert found["r2"] == pytest.approx(known.r2_score(truth, values))
    assert found["median_absolute_percentage_error"] == pytest.approx(np.median(np.abs(values / truth - 1)))


def test_of_two_classes_the_second_is_the_positive_one() -> None:
    contract = TWO.contract(("0", "1"))
    truth = RANDOM.integers(0, 10, 400) // 8
    chance = np.round(0.7 * RANDOM.random(400) + 0.3 * truth, 2)
    found = evaluate(contract, _words(truth), _scores(np.column_stack([1 - chance, chance])))
    assert found["recall"] == pytest.approx(known.recall_score(truth, chance > 0.5))
    assert found["roc_auc"] == pytest.approx(known.roc_auc_score(truth, chance), rel=1e-9)
    assert found["brier"] == pytest.approx(known.brier_score_loss(truth, chance), rel=1e-5)
    none = evaluate(contract, _words(truth[truth == 0]), _scores(np.eye(2)[truth[truth == 0]]))
    assert not {"recall", "roc_auc"} & set(none), "not defined without a positive row"


def test_the_interval_of_a_gain_in_errors_and_areas_tells_better_from_worse() -> None:
    truth = RANDOM.normal(100, 20, 400)
    near, far = (Said(PRICED.contract(()), _numbers(truth + RANDOM.normal(0, width, 400))) for width in (5, 15))
    for metric in ("mae", "rmse", "median_absolute_percentage_error"):
        low, high = bootstrap_gain(metric, pd.Series(truth), near, far)
        assert 0 < low < high
        assert bootstrap_gain(metric, pd.Series(truth), far, near) == pytest.approx((-high, -low))
    classes = RANDOM.integers(0, 2, 400)
    good, bad = (
        Said(TWO.contract(("0", "1")), _scores(np.column_stack([1 - each, each])))
        for each in (0.5 * RANDOM.random(400) + 0.4 * classes, RANDOM.random(400))
    )
    for metric in ("roc_auc", "recall", "brier"):
        assert bootstrap_gain(metric, _words(classes), good, bad)[0] > 0


def test_macro_f1_is_over_the_classes_that_are_present() -> None:
    truth = np.array([0, 0, 1, 1])
    said = np.eye(3)[[0, 0, 1, 2]]
    expected = known.f1_score(truth, [0, 0, 1, 2], labels=[0, 1], average="macro")
    assert evaluate(ALL, _words(truth), _scores(said))["macro_f1"] == pytest.approx(expected)


def test_a_class_that_the_model_does_not_know_counts_as_wrong() -> None:
    narrow = TINY.contract(("0", "2"))
    truth = np.array([0, 1, 2, 2])
    found = evaluate(narrow, _words(truth), _scores(np.eye(2)[[0, 0, 1, 1]]))
    assert found["accuracy"] == 0.75
    assert found["recall"] == pytest.approx(2 / 3)


def test_a_metric_that_the_rows_do_not_define_is_left_out() -> None:
    found = evaluate(ALL, _words(np.zeros(5, dtype=int)), _scores(np.eye(3)[np.zeros(5, dtype=int)]))
    assert "roc_auc" not in found
    assert found["accuracy"] == 1


def test_no_rows_and_unknown_classes_are_refused() -> None:
    with pytest.raises(DataError, match="no held-out rows"):
        evaluate(ALL, _words(np.array([], dtype=int)), _scores(np.empty((0, 3))))
    with pytest.raises(DataError, match="outside"):
        evaluate(ALL, pd.Series(["0", "9"]), _scores(np.eye(3)[[0, 1]]))


def test_the_interval_of_a_gain_tells_better_worse_and_the_same() -> None:
    sharp = Said(ALL, _scores(PROBABILITIES))
    blunt = Said(ALL, _scores(RANDOM.dirichlet([1, 1, 1], 500)))
    low, high = bootstrap_gain("macro_f1", _words(TRUTH), sharp, blunt)
    assert 0 < low < high
    assert bootstrap_gain("macro_f1", _words(TRUTH), blunt, sharp)[1] < 0
    assert bootstrap_gain("log_loss", _words(TRUTH), sharp, blunt)[0] > 0
    assert bootstrap_gain("macro_f1", _words(TRUTH), sharp, sharp) == (0, 0)


def _words(truth: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> pd.Series:
    return pd.Series([str(each) for each in truth], dtype=object)


def _scores(probabilities: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> Scores:
    labels = probabilities.argmax(axis=1).tolist() if len(probabilities) else []
    return Scores(labels, probabilities.astype(np.float32), np.empty(0))


def _numbers(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Scores:
    return Scores([], np.empty((len(values), 0), np.float32), values)
