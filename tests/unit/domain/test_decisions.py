"""Whether to train: what each figure makes of the decision, and that a stored one can be recomputed."""

import json

import pytest
from hypothesis import given

from telar.domain.decisions import Decision, TrainingFigures, decide_training
from telar.domain.drift import Change, Shift
from telar.domain.rules import DriftRules
from tests.unit.domain.figures import training_figures

RULES = DriftRules(batch_change=0.15, min_new_rows=1_000)
CALM = TrainingFigures(
    production_version="3",
    forced=False,
    refused=None,
    batch_rows=1_200,
    pending_rows=1_200,
    changes=(Change(column="Count", statistic="mean", previous=30, current=31, change=0.033),),
    shifts=(Shift(column="Count", psi=0.01, wasserstein=0.02),),
    rules=RULES,
)
JUMPED = (Change(column="Count", statistic="mean", previous=30, current=45, change=0.5),)


def choice(**changed: object) -> Decision:
    return decide_training(CALM.model_copy(update=changed))


@given(training_figures)
def test_a_stored_decision_can_be_recomputed_from_its_stored_figures(figures: TrainingFigures) -> None:
    decision = decide_training(figures)
    stored = json.dumps(figures.model_dump(mode="json")), json.dumps(decision.model_dump(mode="json"))

    recomputed = decide_training(TrainingFigures.model_validate_json(stored[0]))

    assert recomputed == Decision.model_validate_json(stored[1])


@given(training_figures)
def test_the_choice_follows_from_the_checks_alone(figures: TrainingFigures) -> None:
    decision = decide_training(figures)
    first, forced, enough, *drift = decision.checks
    nothing = figures.pending_rows == 0 and figures.batch_rows == 0
    wanted = first.holds or (any(check.holds for check in drift) and enough.holds)

    expected = not nothing and (forced.holds or (wanted and figures.refused is None))

    assert decision.choice == ("train" if expected else "skip")


@given(training_figures)
def test_every_figure_with_a_value_is_told_as_a_check_with_its_threshold(figures: TrainingFigures) -> None:
    names = {check.name for check in decide_training(figures).checks}

    assert {f"{change.column}.{change.statistic}" for change in figures.changes} <= names
    assert {f"{shift.column}.psi" for shift in figures.shifts if shift.psi is not None} <= names


def test_a_batch_like_the_others_is_not_trained_on() -> None:
    assert choice() == decide_training(CALM)
    assert (choice().choice, choice().reason) == ("skip", "no drift rule fired")


def test_the_first_batch_is_trained_on() -> None:
    assert choice(production_version=None).reason == "no model is in production"


def test_a_changed_batch_is_trained_on_and_the_reason_names_figure_and_limit() -> None:
    decision = choice(changes=JUMPED)

    told = "the mean of Count changed by 50 % since the batch before, from 30 to 45 (limit 15 %)"
    assert (decision.choice, decision.reason) == ("train", told)


def test_of_several_rules_that_fire_the_one_broken_most_is_told_and_the_others_are_counted() -> None:
    shift = Shift(column="Colour", psi=0.5, new_share=0.2)
    decision = choice(changes=JUMPED, shifts=(shift,))

    told = "20 % of the values of Colour are words that production never saw (limit 1 %), and 2 more rules fired"
    assert decision.reason == told


@pytest.mark.parametrize(
    ("shift", "told"),
    [
        (Shift(column="Count", psi=0.35), "Count is spread unlike in production's training rows, with a population "),
        (Shift(column="Count", wasserstein=0.5), "Count lies 0.5 standard deviations from production's training rows "),
    ],
)
def test_a_shift_against_production_is_told_in_its_own_words(shift: Shift, told: str) -> None:
    assert choice(changes=(), shifts=(shift,)).reason.startswith(told)


def test_prices_are_told_in_whole_numbers_with_commas() -> None:
    doubled = Change(column="Price", statistic="q75", previous=265_000.4, current=530_000.8, change=1.0)

    assert "the 75 % quantile of Price changed by 100 %" in choice(changes=(doubled,)).reason
    assert "from 265,000 to 530,001" in choice(changes=(doubled,)).reason


def test_a_batch_with_nothing_beside_it_says_so() -> None:
    assert choice(changes=(), shifts=()).reason == "there is nothing to compare the batch with"


def test_a_changed_batch_waits_until_enough_rows_are_pending() -> None:
    decision = choice(changes=JUMPED, pending_rows=999)

    assert decision.choice == "skip"
    assert "only 999 of 1,000 new rows are pending" in decision.reason


def test_force_trains_without_any_drift() -> None:
    assert choice(forced=True).choice == "train"


def test_a_refused_batch_is_not_trained_on_even_where_no_model_serves() -> None:
    decision = choice(production_version=None, refused="rows: 1, limit 50", batch_rows=0)

    assert (decision.choice, decision.reason) == ("skip", "the batch was refused: rows: 1, limit 50")


def test_force_cannot_train_on_nothing() -> None:
    assert choice(forced=True, refused="rows: 1, limit 50", batch_rows=0, pending_rows=0).choice == "skip"
