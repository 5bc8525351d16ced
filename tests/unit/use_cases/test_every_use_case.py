"""What holds for every definition of the registry, and for the tests' own."""

import importlib

import pandas as pd
import pytest

from telar.domain.records import record_model, validate
from telar.domain.use_case import UseCase
from telar.use_cases import discover
from tests.support.tiny import TINY_FOLDER

USE_CASES = list(discover(TINY_FOLDER).use_cases.values())


@pytest.fixture(params=USE_CASES, ids=lambda use_case: use_case.name)
def use_case(request: pytest.FixtureRequest) -> UseCase:
    found: UseCase = request.param
    return found


@pytest.fixture
def rows(use_case: UseCase) -> pd.DataFrame:
    return use_case.sample(3_000, 5)


def typed(use_case: UseCase, rows: pd.DataFrame) -> pd.DataFrame:
    numbers = {column.name: float for column in use_case.columns if column.numeric}
    return rows.astype(numbers)


def test_the_sample_has_the_columns_of_the_api_and_as_many_rows_as_asked(use_case: UseCase, rows: pd.DataFrame) -> None:
    assert list(rows.columns) == list(use_case.names)
    assert len(rows) == 3_000


def test_the_sample_is_the_same_for_the_same_seed_and_another_for_another(
    use_case: UseCase, rows: pd.DataFrame
) -> None:
    pd.testing.assert_frame_equal(use_case.sample(3_000, 5), rows)
    assert not use_case.sample(3_000, 6).equals(rows)


def test_every_sampled_row_is_a_valid_record_and_a_known_class(use_case: UseCase, rows: pd.DataFrame) -> None:
    model = record_model(use_case.contract(use_case.target.values))
    for row in rows.drop(columns=use_case.target.name).head(500).to_dict("records"):
        validate(model, row)
    assert set(rows[use_case.target.name]) == set(use_case.target.values)


def test_clean_drops_rows_only_and_keeps_nearly_all_of_a_sample(use_case: UseCase, rows: pd.DataFrame) -> None:
    frame = typed(use_case, rows)
    cleaned = use_case.clean(frame)
    assert list(cleaned.columns) == list(frame.columns)
    assert set(cleaned.index) <= set(frame.index)
    assert len(cleaned) > 0.9 * len(frame)


def test_clean_drops_rows_with_missing_values_and_repeated_rows(use_case: UseCase, rows: pd.DataFrame) -> None:
    frame = use_case.clean(typed(use_case, rows)).head(100)
    holes = frame.copy()
    holes.loc[holes.index[3], use_case.columns[0].name] = float("nan")
    holes.loc[holes.index[4], use_case.target.name] = None
    assert set(frame.index) - set(use_case.clean(holes).index) == {holes.index[3], holes.index[4]}
    twice = pd.concat([frame, frame], ignore_index=True)
    assert len(use_case.clean(twice)) == len(frame)


def test_every_candidate_can_be_imported_and_exactly_one_is_a_baseline(use_case: UseCase) -> None:
    for candidate in use_case.candidates:
        for dotted in (candidate.estimator, *([candidate.wrapper] if candidate.wrapper else [])):
            module, _, name = dotted.rpartition(".")
            assert callable(getattr(importlib.import_module(module), name))
    assert sum(candidate.baseline for candidate in use_case.candidates) == 1
