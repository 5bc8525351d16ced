"""The two comparisons: safe at zero, at the first batch and at nulls."""

import json
import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telar.domain.decisions import TrainingFigures, decide_training
from telar.domain.drift import (
    Change,
    Shift,
    compare_batches,
    compare_with_training,
    population_stability,
    relative_change,
)
from telar.domain.profile import CategoryProfile, NumericProfile, Profile
from telar.domain.rules import DriftRules
from tests.unit.domain.figures import profiles

finite = st.floats(-1e9, 1e9)
distributions = st.lists(st.integers(0, 100), min_size=2, max_size=12).filter(any)


def numeric(mean: float | None, std: float | None = 1.0, **more: object) -> Profile:
    column = NumericProfile(count=0 if mean is None else 9, nulls=0, mean=mean, std=std, median=mean, q75=mean)
    return Profile(rows=9, numbers={"Count": column.model_copy(update=more)})


def words(**shares: float) -> Profile:
    return Profile(rows=9, categories={"Colour": CategoryProfile(count=9, nulls=0, shares=shares)})


def training(figures: tuple[Change | Shift, ...]) -> TrainingFigures:
    """What a decision about these figures looks at, with a model in production and rows enough."""
    return TrainingFigures(
        production_version="1",
        forced=False,
        refused=None,
        batch_rows=9_000,
        pending_rows=9_000,
        changes=tuple(each for each in figures if isinstance(each, Change)),
        shifts=tuple(each for each in figures if isinstance(each, Shift)),
        rules=DriftRules(),
    )


def measures_of(figure: dict[str, float | None]) -> Iterator[float | None]:
    return (figure[name] for name in ("change", "psi", "wasserstein", "new_share") if name in figure)


def shares_of(counts: list[int]) -> list[float]:
    return [count / sum(counts) for count in counts]


@given(finite, finite, st.none() | st.floats(0, 1e6))
def test_a_relative_change_is_a_number_of_at_least_zero_whatever_came(before: float, now: float, std: float) -> None:
    assert relative_change(before, now, std) >= 0


@given(finite)
def test_nothing_changes_against_itself(value: float) -> None:
    assert relative_change(value, value) == 0


def test_a_previous_zero_is_measured_in_its_spread_else_all_or_nothing() -> None:
    assert relative_change(0, 3, spread=6) == 0.5
    assert relative_change(0, 3) == 1.0
    assert relative_change(0, 0) == 0.0


def test_a_zero_that_rounding_left_is_a_zero() -> None:
    assert relative_change(1e-17, 0.01, spread=1.0) == pytest.approx(0.01)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_no_change_is_infinite_however_small_the_value_before(before: float, now: float) -> None:
    assert math.isfinite(relative_change(before, now))


@given(profiles, profiles)
def test_what_is_stored_of_two_batches_is_json_that_any_database_takes(before: Profile, now: Profile) -> None:
    figures = (*compare_batches(before, now), *compare_with_training(before, now))
    stored = json.dumps([figure.model_dump(mode="json") for figure in figures], allow_nan=False)
    decision = decide_training(training(figures))

    json.dumps(decision.model_dump(mode="json"), allow_nan=False)
    assert decide_training(training(figures)) == decision
    assert all(each is None or each >= 0 for figure in json.loads(stored) for each in measures_of(figure))


@given(profiles)
def test_a_batch_never_drifts_from_itself(same: Profile) -> None:
    for change in compare_batches(same, same):
        assert not change.change
    for shift in compare_with_training(same, same):
        assert (shift.psi or 0, shift.wasserstein or 0, shift.new_share or 0) == pytest.approx((0, 0, 0), abs=1e-9)


@given(profiles, profiles)
def test_the_index_of_words_is_the_same_both_ways(before: Profile, now: Profile) -> None:
    there, back = (
        {shift.column: shift.psi for shift in shifts if shift.column in before.categories}
        for shifts in (compare_with_training(before, now), compare_with_training(now, before))
    )
    assert {name: psi for name, psi in there.items() if psi is not None} == pytest.approx(
        {name: psi for name, psi in back.items() if psi is not None}
    )


def test_thousands_of_rare_words_that_chance_shuffles_are_no_shift() -> None:
    half = [f"street {number}" for number in range(2_000)]
    before = words(**dict.fromkeys(half[:1_000], 0.001))
    now = words(**dict.fromkeys(half[500:1_500], 0.001))
    (shift,) = compare_with_training(before, now)

    assert shift.psi == pytest.approx(0)
    assert shift.new_share == pytest.approx(0.5)  # that they are new is told by its own rule


@pytest.mark.parametrize("one", ["before", "now"])
def test_words_that_are_all_missing_on_one_side_have_no_index(one: str) -> None:
    known, empty = words(red=0.5, blue=0.5), Profile(rows=9, categories={"Colour": CategoryProfile(count=0, nulls=9)})
    (shift,) = compare_with_training(*((empty, known) if one == "before" else (known, empty)))

    assert shift.psi is None
    assert shift.new_share == (1.0 if one == "before" else None)


@given(distributions)
def test_a_distribution_is_stable_against_itself(counts: list[int]) -> None:
    assert population_stability(shares_of(counts), shares_of(counts)) == pytest.approx(0)


@given(st.data(), distributions)
def test_stability_is_symmetric_and_at_least_zero(data: st.DataObject, counts: list[int]) -> None:
    other = data.draw(st.lists(st.integers(0, 100), min_size=len(counts), max_size=len(counts)).filter(any))
    there = population_stability(shares_of(counts), shares_of(other))
    back = population_stability(shares_of(other), shares_of(counts))

    assert there is not None
    assert there >= 0
    assert there == pytest.approx(back)


def test_the_first_batch_has_nothing_to_be_compared_with() -> None:
    assert compare_batches(None, numeric(3)) == ()
    assert compare_with_training(None, numeric(3)) == ()


def test_a_column_of_nulls_has_no_change_instead_of_a_crash() -> None:
    assert {change.change for change in compare_batches(numeric(None, None), numeric(3))} == {None}
    assert {change.change for change in compare_batches(numeric(3), numeric(None, None))} == {None}
    (shift,) = compare_with_training(numeric(3, shares=(0.5, 0.5)), numeric(None, None))
    assert (shift.psi, shift.wasserstein) == (None, None)


def test_a_new_column_is_not_compared() -> None:
    assert compare_batches(Profile(rows=9), numeric(3)) == ()


def test_the_four_statistics_are_compared() -> None:
    changes = compare_batches(numeric(10), numeric(12))

    assert {change.statistic: change.change for change in changes} == pytest.approx(
        {"mean": 0.2, "std": 0, "median": 0.2, "q75": 0.2}
    )


def test_the_distance_of_the_percentiles_counts_in_standard_deviations_of_the_reference() -> None:
    reference = numeric(0, 2.0, quantiles=(0.0, 1.0, 2.0))
    moved = numeric(0, 2.0, quantiles=(1.0, 2.0, 3.0))

    assert compare_with_training(reference, moved)[0].wasserstein == 0.5


def test_the_share_of_words_that_production_never_saw_is_told() -> None:
    (shift,) = compare_with_training(words(red=0.5, blue=0.5), words(red=0.5, blue=0.3, pink=0.2))

    assert shift.new_share == pytest.approx(0.2)
    assert shift.psi is not None
    assert shift.psi > 0.2
