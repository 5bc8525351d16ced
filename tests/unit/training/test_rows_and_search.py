"""The same rows give the same training, rare classes are left out, a collapsed candidate is a finding."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from telar.domain.candidates import Candidate, Choice, Integer, Range, Uniform
from telar.domain.errors import ConfigurationError, DataError, NotConvertible, TrainingError
from telar.domain.use_case import UseCase
from telar.pipeline.features import build_pipeline
from telar.pipeline.training.choice import choose
from telar.pipeline.training.convertible import check_convertible
from telar.pipeline.training.rows import capped, prepare_rows
from telar.pipeline.training.search import draws, search
from tests.support.priced import PRICED, training_rows
from tests.support.tiny import TINY

TREE = TINY.candidates[1]


def test_the_order_in_which_rows_come_does_not_matter() -> None:
    rows = training_rows(TINY)
    shuffled = replace(rows, train=rows.train.sample(frac=1, random_state=4))
    one, other = prepare_rows(TINY, rows).train, prepare_rows(TINY, shuffled).train
    pd.testing.assert_frame_equal(one.inputs, other.inputs)
    pd.testing.assert_series_equal(one.target, other.target)


def test_model_inputs_are_rounded_as_onnx_will_see_them() -> None:
    inputs = prepare_rows(TINY, training_rows(TINY)).train.inputs
    assert inputs["Length"].dtype == np.float32
    rows = training_rows(TINY)
    holed = replace(rows, train=rows.train.assign(Colour=rows.train["Colour"].where(rows.train["Colour"] != "red")))
    assert "" in set(prepare_rows(TINY, holed).train.inputs["Colour"])


def test_a_class_with_too_few_train_rows_is_left_out_and_told() -> None:
    rows = training_rows(TINY)
    rare = rows.train[(rows.train["Kind"] != "1") | (rows.train["Kind"] == "1").cumsum().le(3)]
    prepared = prepare_rows(TINY, replace(rows, train=rare))
    assert prepared.contract.trained_classes == ("0", "2")
    assert prepared.left_out == {"1": 3}
    assert "1" in set(prepared.test.target)


def test_one_class_cannot_be_trained_on() -> None:
    rows = training_rows(TINY)
    with pytest.raises(DataError, match=r"hold 1 of the target's 3 classes \(0\)"):
        prepare_rows(TINY, replace(rows, train=rows.train[rows.train["Kind"] == "0"]))


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_an_empty_partition_is_named(part: str) -> None:
    rows = training_rows(TINY)
    with pytest.raises(DataError, match=f"no {part} row; wait for more batches"):
        prepare_rows(TINY, replace(rows, **{part: getattr(rows, part).iloc[:0]}))


def test_a_draw_that_does_not_converge_is_scored_as_it_is() -> None:
    hasty = TINY.candidates[0].model_copy(update={"parameters": {"max_iter": 1, "tol": 1e-12}})
    neural = Candidate(
        name="neural", estimator="sklearn.neural_network.MLPClassifier", parameters={"max_iter": 2}, scale=True
    )
    use_case = TINY.model_copy(update={"candidates": (hasty, neural)})
    prepared = prepare_rows(use_case, training_rows(use_case))
    check_convertible(use_case, prepared)
    assert len(search(use_case, prepared, 2)) == 2


def test_a_capped_sample_keeps_every_class_and_its_share() -> None:
    target = np.array([0] * 8_000 + [1] * 1_980 + [2] * 20)
    places = capped(target, 1_000, True, seed=1)
    counts = np.bincount(target[places])
    assert counts.tolist() == [800, 198, 5]
    assert np.array_equal(places, capped(target, 1_000, True, seed=1))
    assert len(capped(target, None, True, seed=1)) == 10_000
    assert len(capped(np.linspace(0, 1, 500), 100, False, seed=1)) == 100


def test_draws_come_from_their_ranges_and_are_always_the_same() -> None:
    space: dict[str, Range] = {
        "depth": Integer(low=2, high=4),
        "rate": Uniform(low=0.01, high=1, log=True),
        "share": Uniform(low=0.5, high=0.9),
        "rule": Choice(values=("a", "b")),
    }
    found = draws(Candidate(name="c", estimator="x.Y", search=space, iterations=60))
    assert found == draws(Candidate(name="c", estimator="x.Y", search=space, iterations=60))
    assert {each["depth"] for each in found} == {2, 3, 4}
    assert all(0.01 <= each["rate"] <= 1 and 0.5 <= each["share"] <= 0.9 for each in found)
    assert sum(each["rate"] < 0.1 for each in found) > 15
    assert {type(each["depth"]) for each in found} == {int}


def test_a_small_space_is_drawn_from_once_each() -> None:
    space: dict[str, Range] = {"rule": Choice(values=("a", "b")), "depth": Choice(values=(1, 2))}
    assert len(draws(Candidate(name="c", estimator="x.Y", search=space, iterations=50))) == 4
    assert draws(Candidate(name="c", estimator="x.Y")) == [{}]


@pytest.mark.parametrize("use_case", [TINY, PRICED], ids=lambda each: each.name)
def test_the_search_finds_the_same_on_one_thread_and_on_two(use_case: UseCase) -> None:
    prepared = prepare_rows(use_case, training_rows(use_case))
    alone, together = search(use_case, prepared, 1), search(use_case, prepared, 2)
    assert [each.scores for each in alone] == [each.scores for each in together]
    assert choose(use_case, alone).contender.best.candidate.name == use_case.candidates[1].name


def test_a_candidate_worse_than_the_baseline_is_a_finding_and_never_the_model() -> None:
    collapsed = TREE.model_copy(
        update={"name": "stump", "parameters": {"max_depth": 1, "max_features": 1}, "search": {}}
    )
    honest = TREE.model_copy(update={"baseline": True, "search": {}})
    use_case = TINY.model_copy(update={"candidates": (collapsed, honest)})
    chosen = choose(use_case, search(use_case, prepare_rows(use_case, training_rows(use_case)), 1))
    assert chosen.contender.best.candidate.name == "decision_tree"
    assert list(chosen.findings) == ["stump"]
    assert "is worse than" in chosen.findings["stump"]
    assert "baseline decision_tree" in chosen.findings["stump"]


def test_validation_rows_of_one_class_do_not_define_an_area_and_are_told() -> None:
    use_case = TINY.model_copy(update={"primary_metric": "roc_auc"})
    rows = training_rows(use_case)
    alike = replace(rows, validation=rows.validation[rows.validation["Kind"] == "0"])
    with pytest.raises(DataError, match=r"validation rows do not define roc_auc.*wait for more batches"):
        search(use_case, prepare_rows(use_case, alike), 1)


def test_no_candidate_is_an_error() -> None:
    with pytest.raises(TrainingError, match="no candidate"):
        choose(TINY, [])


def test_what_onnx_cannot_express_is_refused_by_name_with_what_it_can() -> None:
    strange = Candidate(name="spreading", estimator="sklearn.semi_supervised.LabelSpreading")
    use_case = TINY.model_copy(update={"candidates": (*TINY.candidates, strange)})
    with pytest.raises(
        NotConvertible, match=r"candidate spreading \(sklearn.semi_supervised.LabelSpreading\)"
    ) as error:
        check_convertible(use_case, prepare_rows(use_case, training_rows(use_case)))
    assert "choose among" in str(error.value)
    assert "ExtraTreesClassifier" in str(error.value)
    assert "LabelSpreading," not in str(error.value)


@pytest.mark.parametrize(
    "candidate",
    [
        Candidate(name="c", estimator="sklearn.tree.NoSuchTree"),
        Candidate(name="c", estimator="no_such_package.Tree"),
        Candidate(name="c", estimator="sklearn.tree.DecisionTreeClassifier", parameters={"depht": 3}),
        Candidate(name="c", estimator="NotDotted"),
    ],
    ids=lambda each: each.estimator,
)
def test_a_misspelt_candidate_names_the_estimator_and_the_fix(candidate: Candidate) -> None:
    with pytest.raises(ConfigurationError, match=rf"{candidate.estimator}.*correct the use case"):
        build_pipeline(TINY, candidate, {}, seed=0)
