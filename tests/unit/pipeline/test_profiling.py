"""A profile tells the shape of rows, and two on the same edges can be compared."""

import numpy as np
import pandas as pd
import pytest

from telar.domain.drift import compare_with_training
from telar.pipeline.profiling import profile
from tests.support.priced import typed
from tests.support.tiny import TINY


def test_a_profile_holds_the_statistics_of_each_column() -> None:
    frame = pd.DataFrame(
        {"Length": [1.0, 2, 3, 4, np.nan], "Count": [5.0] * 5, "Colour": ["red", "red", "blue", None, "red"]}
    )
    found = profile(frame, TINY.columns)
    length, colour = found.numbers["Length"], found.categories["Colour"]
    assert (found.rows, length.count, length.nulls) == (5, 4, 1)
    assert (length.mean, length.median, length.q75) == (2.5, 2.5, 3.25)
    assert length.std == pytest.approx(np.std([1, 2, 3, 4], ddof=1))
    assert len(length.quantiles) == 101
    assert (colour.count, colour.nulls, colour.shares) == (4, 1, {"blue": 0.25, "red": 0.75})


def test_shares_belong_to_the_intervals_of_the_edges() -> None:
    found = profile(typed(TINY, 2_000, 1), TINY.columns).numbers
    for each in found.values():
        assert len(each.shares) == len(each.edges) - 1
        assert sum(each.shares) == pytest.approx(1)


def test_rows_compared_with_themselves_have_not_shifted() -> None:
    frame = typed(TINY, 2_000, 1)
    reference = profile(frame, TINY.columns)
    for shift in compare_with_training(reference, profile(frame, TINY.columns, edges_from=reference)):
        assert shift.psi == pytest.approx(0)
        assert not shift.wasserstein
        assert not shift.new_share


@pytest.mark.parametrize("moved_to", [4.0, 6.0])
def test_a_constant_column_that_moves_is_seen(moved_to: float) -> None:
    frame = typed(TINY, 500, 1).assign(Count=5.0)
    reference = profile(frame, TINY.columns)
    moved = profile(frame.assign(Count=moved_to), TINY.columns, edges_from=reference)
    shifts = {each.column: each for each in compare_with_training(reference, moved)}
    assert (shifts["Count"].psi or 0) > 1


def test_a_column_of_zeros_and_ones_that_swap_shares_is_seen() -> None:
    frame = typed(TINY, 1_000, 1).assign(Count=[0.0] * 950 + [1.0] * 50)
    reference = profile(frame, TINY.columns)
    swapped = profile(frame.assign(Count=[0.0] * 500 + [1.0] * 500), TINY.columns, edges_from=reference)
    shifts = {each.column: each for each in compare_with_training(reference, swapped)}
    assert (shifts["Count"].psi or 0) > 0.2


def test_a_column_without_a_value_has_no_statistics() -> None:
    frame = typed(TINY, 10, 1).assign(Length=np.nan, Colour=None)
    found = profile(frame, TINY.columns)
    assert found.numbers["Length"].mean is None
    assert found.numbers["Length"].nulls == 10
    assert found.categories["Colour"].shares == {}


def test_identifiers_are_left_out() -> None:
    columns = tuple(column.model_copy(update={"identifier": column.name == "Count"}) for column in TINY.columns)
    assert set(profile(typed(TINY, 10, 1), columns).numbers) == {"Length"}
