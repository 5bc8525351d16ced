"""The two comparisons: safe at zero, at the first batch and at nulls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telar.domain.drift import compare_batches, compare_with_training, population_stability, relative_change
from telar.domain.profile import CategoryProfile, NumericProfile, Profile

finite = st.floats(-1e9, 1e9)
distributions = st.lists(st.integers(0, 100), min_size=2, max_size=12).filter(any)


def numeric(mean: float | None, std: float | None = 1.0, **more: object) -> Profile:
    column = NumericProfile(count=0 if mean is None else 9, nulls=0, mean=mean, std=std, median=mean, q75=mean)
    return Profile(rows=9, numbers={"Count": column.model_copy(update=more)})


def words(**shares: float) -> Profile:
    return Profile(rows=9, categories={"Colour": CategoryProfile(count=9, nulls=0, shares=shares)})


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
