"""What holds for every definition of the registry, and for the tests' own."""

import importlib

import pandas as pd
import pytest

from telar.adapters.sources.texts import as_texts
from telar.domain.records import record_model, validate
from telar.domain.use_case import UseCase
from telar.pipeline.reading import Typed, read_types
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


@pytest.fixture
def cleaned(use_case: UseCase, rows: pd.DataFrame) -> pd.DataFrame:
    return use_case.clean(typed(use_case, rows).frame)


def typed(use_case: UseCase, rows: pd.DataFrame) -> Typed:
    """The rows as a client receives them, read as a batch is."""
    return read_types(use_case, pd.DataFrame(as_texts(use_case, rows), columns=list(use_case.names), dtype=object))


def test_the_sample_has_the_columns_of_the_api_and_as_many_rows_as_asked(use_case: UseCase, rows: pd.DataFrame) -> None:
    assert list(rows.columns) == list(use_case.names)
    assert len(rows) == 3_000


def test_the_sample_is_the_same_for_the_same_seed_and_another_for_another(
    use_case: UseCase, rows: pd.DataFrame
) -> None:
    pd.testing.assert_frame_equal(use_case.sample(3_000, 5), rows)
    assert not use_case.sample(3_000, 6).equals(rows)


def test_every_sampled_row_is_a_valid_record(use_case: UseCase, rows: pd.DataFrame) -> None:
    """A value may be missing only where the column says so: the record model asks for all others."""
    model = record_model(use_case.contract(use_case.target.values))
    read = typed(use_case, rows.drop(columns=use_case.target.name).head(500).assign(**{use_case.target.name: None}))
    assert not read.unreadable.to_numpy().any()
    frame = read.frame.drop(columns=use_case.target.name).astype(object)
    for record in frame.where(frame.notna(), None).to_dict("records"):
        validate(model, record)


def test_the_sample_holds_every_word_of_the_target_or_numbers_within_its_limits(
    use_case: UseCase, rows: pd.DataFrame
) -> None:
    target, read = use_case.target, typed(use_case, rows)
    values = read.frame[target.name]
    assert not read.unreadable[target.name].any()
    if use_case.task == "classification":
        assert set(rows[target.name]) == set(target.meanings)
        assert set(values) == set(target.values)
    else:
        low = float("-inf") if target.minimum is None else target.minimum
        high = float("inf") if target.maximum is None else target.maximum
        assert use_case.clean(read.frame)[target.name].between(low, high).all()
        assert values.nunique() > 100


def test_clean_drops_rows_only_and_keeps_nearly_all_of_a_sample(use_case: UseCase, rows: pd.DataFrame) -> None:
    frame = typed(use_case, rows).frame
    cleaned = use_case.clean(frame)
    assert list(cleaned.columns) == list(frame.columns)
    assert set(cleaned.index) <= set(frame.index)
    assert len(cleaned) > 0.9 * len(frame)


def test_clean_drops_a_row_for_a_missing_value_exactly_where_none_may_be_missing(
    use_case: UseCase, cleaned: pd.DataFrame
) -> None:
    assert len(cleaned) > len(use_case.names)
    holes, expected = cleaned.copy(), set()
    for row, column in zip(cleaned.index, use_case.columns, strict=False):
        holes.loc[row, column.name] = float("nan") if column.numeric else None
        if not column.nullable:
            expected.add(row)
    last = cleaned.index[-1]
    holes.loc[last, use_case.target.name] = float("nan") if use_case.task == "regression" else None
    assert set(cleaned.index) - set(use_case.clean(holes).index) == {*expected, last}


def test_clean_keeps_a_row_that_came_twice_once(use_case: UseCase, cleaned: pd.DataFrame) -> None:
    assert len(use_case.clean(pd.concat([cleaned, cleaned], ignore_index=True))) == len(cleaned)


def test_every_candidate_can_be_imported_and_exactly_one_is_a_baseline(use_case: UseCase) -> None:
    for candidate in use_case.candidates:
        for dotted in (candidate.estimator, *([candidate.wrapper] if candidate.wrapper else [])):
            module, _, name = dotted.rpartition(".")
            assert callable(getattr(importlib.import_module(module), name))
    assert sum(candidate.baseline for candidate in use_case.candidates) == 1
