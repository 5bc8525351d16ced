"""Two forms of a model are compared on many and hostile rows, and a disagreement has figures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from telar.adapters.onnx_model import OnnxModel
from telar.domain.candidates import Candidate
from telar.domain.contract import Contract
from telar.domain.errors import DataError, NotServable, ParityFailed
from telar.domain.use_case import UseCase
from telar.pipeline.features import build_pipeline, onnx_forms
from telar.pipeline.features.steps import AppendHypotenuse, AppendSum
from telar.pipeline.training.compile import compile_onnx
from telar.pipeline.training.fitting import fit
from telar.pipeline.training.hostile import UNKNOWN, parity_rows
from telar.pipeline.training.parity import check_parity
from telar.pipeline.training.quiet import quiet
from telar.pipeline.training.rows import prepare_rows
from telar.pipeline.training.threads import one_thread
from tests.support.priced import PRICED, training_rows, typed
from tests.support.tiny import TINY
from tests.support.worded import worded

USUAL = (
    Candidate(name="linear", estimator="sklearn.linear_model.LogisticRegression", encoding="onehot", scale=True),
    Candidate(name="tree", estimator="sklearn.tree.DecisionTreeClassifier"),
    Candidate(
        name="extra_trees",
        estimator="sklearn.ensemble.ExtraTreesClassifier",
        parameters={"n_estimators": 20, "max_features": None, "min_samples_leaf": 2},
    ),
    Candidate(
        name="forest", estimator="sklearn.ensemble.RandomForestClassifier", parameters={"n_estimators": 20}, scale=True
    ),
    Candidate(
        name="boosting",
        estimator="sklearn.ensemble.HistGradientBoostingClassifier",
        parameters={"max_iter": 20, "early_stopping": False},
    ),
    Candidate(
        name="svm",
        estimator="sklearn.svm.SVC",
        wrapper="sklearn.calibration.CalibratedClassifierCV",
        wrapper_parameters={"ensemble": False},
        row_cap=300,
        encoding="onehot",
        scale=True,
    ),
)
BOOSTED = {"n_estimators": 30, "max_depth": 4, "tree_method": "hist"}
XGBOOST = Candidate(name="xgboost", estimator="xgboost.XGBClassifier", parameters=BOOSTED)
CLASSIFIERS = (XGBOOST, XGBOOST.model_copy(update={"name": "balanced", "balance": 1.0}), *USUAL)
REGRESSORS = (
    *PRICED.candidates,
    Candidate(name="xgboost", estimator="xgboost.XGBRegressor", parameters=BOOSTED),
    Candidate(name="missing kept", estimator="xgboost.XGBRegressor", parameters=BOOSTED, impute=False),
    Candidate(
        name="absolute", estimator="xgboost.XGBRegressor", parameters={**BOOSTED, "objective": "reg:absoluteerror"}
    ),
    Candidate(name="trees", estimator="sklearn.ensemble.ExtraTreesRegressor", parameters={"n_estimators": 20}),
)


@pytest.mark.parametrize("candidate", CLASSIFIERS, ids=lambda each: each.name)
def test_every_usual_classifier_says_the_same_in_onnx(candidate: Candidate) -> None:
    pipeline, contract = _fitted(TINY, candidate)
    parity = check_parity(pipeline, compile_onnx(pipeline, contract), typed(TINY, 400, 5), contract, TINY.gate)
    assert parity.rows >= 5_000
    assert parity.label_agreement >= 0.999
    assert parity.max_probability_difference < 1e-4


@pytest.mark.parametrize("candidate", REGRESSORS, ids=lambda each: each.name)
def test_every_usual_regressor_says_the_same_in_onnx(candidate: Candidate) -> None:
    pipeline, contract = _fitted(PRICED, candidate)
    compiled = compile_onnx(pipeline, contract)
    parity = check_parity(pipeline, compiled, typed(PRICED, 400, 5), contract, PRICED.gate)
    assert parity.label_agreement == 1
    scores = OnnxModel.load(compiled, contract).run({"Length": [4.2], "Count": [30], "Colour": ["red"]})
    assert scores.values == pytest.approx([100 + 30 * 4.2 + 30], rel=0.1)
    assert scores.labels == []


@pytest.mark.parametrize("candidate", CLASSIFIERS[:-1], ids=lambda each: each.name)
def test_words_are_grouped_and_encoded_alike_in_both_forms_of_a_classifier(candidate: Candidate) -> None:
    use_case = worded(TINY)
    pipeline, contract = _fitted(use_case, candidate)
    parity = check_parity(pipeline, compile_onnx(pipeline, contract), typed(use_case, 400, 5), contract, use_case.gate)
    assert parity.label_agreement == 1
    assert parity.max_probability_difference < 1e-5


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("candidate", REGRESSORS, ids=lambda each: each.name)
def test_words_and_logarithms_are_alike_in_both_forms_of_a_regressor(candidate: Candidate, scale: str) -> None:
    use_case = worded(PRICED).model_copy(update={"target_scale": scale})
    pipeline, contract = _fitted(use_case, candidate)
    compiled = compile_onnx(pipeline, contract)
    rows = typed(use_case, 400, 5)
    parity = check_parity(pipeline, compiled, rows, contract, use_case.gate)
    assert parity.label_agreement == 1
    assert parity.max_probability_difference < 1e-5
    values = OnnxModel.load(compiled, contract).run({name: rows[name].tolist() for name in pipeline.feature_names_in_})
    assert np.median(np.abs(values.values / rows["Price"] - 1)) < 0.1, "both forms answer in the target's unit"


def test_a_target_below_zero_has_no_logarithm() -> None:
    use_case = PRICED.model_copy(update={"target_scale": "log"})
    rows = training_rows(use_case)
    prices = rows.train["Price"].where(rows.train["Price"].rank() > 3, -1)
    with pytest.raises(DataError, match="3 train rows have a target below 0"):
        prepare_rows(use_case, replace(rows, train=rows.train.assign(Price=prices)))


@pytest.mark.parametrize("held_out", [1, 400, 9_000])
def test_the_rows_compared_are_many_and_hostile(held_out: int) -> None:
    frame = typed(TINY, held_out, 3)
    rows = parity_rows(frame, TINY.contract(TINY.target.values))
    assert len(rows) >= 5_000
    assert rows["Length"].isna().sum() > 50
    assert {0.0, 100.0} <= set(rows["Length"].dropna())
    assert {0.0, 1_000.0} <= set(rows["Count"].dropna())
    assert {UNKNOWN, ""} <= set(rows["Colour"].dropna())
    assert rows["Colour"].isna().sum() > 50
    assert len(rows.drop_duplicates()) > (3_000 if held_out > 1 else 20)


def test_a_broken_converter_is_found_out_with_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline, contract = _fitted(TINY, USUAL[1])
    monkeypatch.setitem(onnx_forms._FORMS, AppendHypotenuse, onnx_forms._sum)
    monkeypatch.setitem(onnx_forms._FORMS, AppendSum, onnx_forms._difference)
    with pytest.raises(ParityFailed, match=r"6500 rows .* for \d+\.\d+% \(limit 99\.9%\) .* up to 1 \(limit 0\.001\)"):
        check_parity(pipeline, compile_onnx(pipeline, contract), typed(TINY, 400, 5), contract, TINY.gate)


def test_a_tie_may_go_either_way() -> None:
    pipeline, contract = _fitted(TINY, USUAL[2])
    rows = parity_rows(typed(TINY, 4_000, 5), contract)
    compiled = OnnxModel.load(compile_onnx(pipeline, contract), contract)
    scores = compiled.run({column.name: rows[column.name].tolist() for column in contract.columns})
    first, second = np.sort(scores.probabilities, axis=1)[:, ::-1][:, :2].T
    assert (first - second < 1e-6).any(), "rows without a tie prove nothing"
    assert check_parity(pipeline, compile_onnx(pipeline, contract), rows, contract, TINY.gate).label_agreement == 1


def test_bytes_that_are_no_model_are_refused() -> None:
    with pytest.raises(NotServable, match="ONNX Runtime cannot load 7 bytes"):
        OnnxModel.load(b"garbage", TINY.contract(TINY.target.values))


def test_a_graph_of_another_contract_is_refused() -> None:
    pipeline, contract = _fitted(TINY, USUAL[1])
    wider = contract.model_copy(
        update={"columns": (*contract.columns, contract.columns[0].model_copy(update={"name": "New"}))}
    )
    with pytest.raises(NotServable, match=r"does not fit its contract: \['New'\]"):
        OnnxModel.load(compile_onnx(pipeline, contract), wider)


def test_none_and_nan_and_an_empty_word_are_all_missing() -> None:
    pipeline, contract = _fitted(TINY, USUAL[1])
    model = OnnxModel.load(compile_onnx(pipeline, contract), contract)
    scores = model.run({"Length": [None, np.nan, None], "Count": [30, 30, 30], "Colour": ["", None, np.nan]})
    assert len({tuple(each) for each in scores.probabilities.tolist()}) == 1


def _fitted(use_case: UseCase, candidate: Candidate) -> tuple[Pipeline, Contract]:
    prepared = prepare_rows(use_case, training_rows(use_case, 1_200))
    places = slice(None, candidate.row_cap)
    pipeline = build_pipeline(use_case, candidate, {}, seed=0)
    inputs: pd.DataFrame = prepared.train.inputs.iloc[places]
    with quiet(), one_thread():
        fit(pipeline, candidate, inputs, prepared.encoded(prepared.train)[places])
    return pipeline, prepared.contract
