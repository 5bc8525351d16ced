"""An average of candidates is a contender of its own, compiled and saved like any other."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.metrics import recall_score

from telar.domain.candidates import Average, Candidate
from telar.domain.errors import ConfigurationError
from telar.domain.use_case import UseCase
from telar.pipeline.features import build_pipeline
from telar.pipeline.training.choice import choose
from telar.pipeline.training.compile import compile_onnx
from telar.pipeline.training.fitting import fit, row_weights
from telar.pipeline.training.parity import check_parity
from telar.pipeline.training.rows import prepare_rows
from telar.pipeline.training.search import search
from tests.support.priced import PRICED, training_rows
from tests.support.tiny import TINY
from tests.support.worded import worded
from tests.unit.training.test_package import saved_and_loaded

BOOSTED = {"n_estimators": 20, "max_depth": 4}
CLASSIFIER = Candidate(name="boosted", estimator="xgboost.XGBClassifier", parameters=BOOSTED)
REGRESSOR = Candidate(name="boosted", estimator="xgboost.XGBRegressor", parameters=BOOSTED)


def with_average(use_case: UseCase, boosted: Candidate) -> UseCase:
    """That use case with words, XGBoost, and an average of its baseline and that."""
    average = Average(name="both", members=(use_case.candidates[0].name, "boosted"))
    changed = {"candidates": (use_case.candidates[0], boosted), "averages": (average,)}
    return worded(use_case).model_copy(update=changed)


LOG_PRICED = with_average(PRICED, REGRESSOR).model_copy(update={"target_scale": "log", "name": "logarithms"})
AVERAGED = (with_average(TINY, CLASSIFIER), with_average(PRICED, REGRESSOR), LOG_PRICED)


@pytest.mark.parametrize("use_case", AVERAGED, ids=lambda each: each.name)
def test_an_average_is_the_mean_of_its_members_in_both_forms_and_saved(use_case: UseCase, tmp_path: Path) -> None:
    prepared = prepare_rows(use_case, training_rows(use_case, 900))
    one, other, both = search(use_case, prepared, 1)
    ask = "predict_proba" if use_case.task == "classification" else "predict"
    said = [getattr(each.best.pipeline, ask)(prepared.test.inputs) for each in (one, other, both)]
    np.testing.assert_allclose(said[2], (said[0] + said[1]) / 2, rtol=1e-6)
    assert (both.best.candidate.name, both.seconds) == ("both", 0)
    pipeline, contract = both.best.pipeline, prepared.contract
    parity = check_parity(pipeline, compile_onnx(pipeline, contract), prepared.test.rows, contract, use_case.gate)
    assert parity.label_agreement == 1
    assert parity.max_probability_difference < 1e-5
    loaded = saved_and_loaded(tmp_path / "model", pipeline, prepared, contract)
    np.testing.assert_array_equal(getattr(loaded, ask)(prepared.test.inputs), said[2])


def test_an_average_is_chosen_where_it_is_the_best() -> None:
    use_case = AVERAGED[0].model_copy(update={"primary_metric": "log_loss"})
    contenders = search(use_case, prepare_rows(use_case, training_rows(use_case)), 2)
    best = min(contenders, key=lambda each: each.best.metrics["log_loss"])
    assert choose(use_case, contenders).contender is best
    assert all("log_loss" in each.best.metrics for each in contenders)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"averages": (Average(name="both", members=("ridge", "forest")),)}, r"needs unknown candidate \['forest'\]"),
        ({"averages": (Average(name="ridge", members=("ridge", "boosting")),)}, r"named \['ridge'\] stand twice"),
        ({"candidates": (REGRESSOR.model_copy(update={"balance": 0.5}),)}, "no classes to balance"),
    ],
)
def test_contenders_that_do_not_fit_are_refused(changed: dict[str, object], problem: str) -> None:
    given = {name: getattr(PRICED, name) for name in type(PRICED).model_fields}
    with pytest.raises(ValidationError, match=problem):
        UseCase(**{**given, **changed})


def test_weights_grow_from_rows_to_classes() -> None:
    target = np.array([0] * 90 + [1] * 10)
    assert set(row_weights(target, 0)) == {1}
    even = row_weights(target, 1)
    assert even[target == 0].sum() == pytest.approx(even[target == 1].sum())
    assert 1 < row_weights(target, 0.5)[-1] < even[-1]


@pytest.mark.parametrize("estimator", ["sklearn.linear_model.LogisticRegression", "xgboost.XGBClassifier"])
def test_balance_finds_more_of_a_rare_class(estimator: str) -> None:
    prepared = prepare_rows(TINY, training_rows(TINY))
    random = np.random.default_rng(0)
    rare = (prepared.train.rows["Length"] + random.normal(0, 2, len(prepared.train.rows)) > 10).to_numpy(dtype=np.int64)
    found = []
    for balance in (0.0, 0.5, 1.0):
        candidate = Candidate(name="c", estimator=estimator, parameters={"max_iter": 500}, balance=balance, scale=True)
        if "xgboost" in estimator:
            candidate = candidate.model_copy(update={"parameters": {"n_estimators": 10, "max_depth": 2}})
        pipeline = build_pipeline(TINY, candidate, {}, seed=0)
        fit(pipeline, candidate, prepared.train.inputs, rare)
        found.append(recall_score(rare, pipeline.predict(prepared.train.inputs)))
    assert found[0] < found[1] < found[2]


def test_balance_is_refused_where_an_estimator_takes_no_weights() -> None:
    near = Candidate(name="near", estimator="sklearn.neighbors.KNeighborsClassifier", balance=1.0)
    prepared = prepare_rows(TINY, training_rows(TINY))
    pipeline = build_pipeline(TINY, near, {}, seed=0)
    with pytest.raises(ConfigurationError, match="KNeighborsClassifier takes no weights"):
        fit(pipeline, near, prepared.train.inputs, prepared.encoded(prepared.train))
