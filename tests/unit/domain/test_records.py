"""One record against a contract: every broken rule is named with its field and value."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telar.domain.errors import FieldProblem, RecordInvalid
from telar.domain.records import record_model, validate
from tests.support.tiny import TINY

MODEL = record_model(TINY.contract(TINY.target.values))
GOOD = {"Length": 4.2, "Count": 30, "Colour": "red"}
words = st.sampled_from(["", "red", "4", "ñ"])
json_values = st.none() | st.booleans() | st.integers() | st.floats() | words | st.lists(st.integers())


def problem(**changed: object) -> tuple[str, object, str]:
    with pytest.raises(RecordInvalid) as raised:
        validate(MODEL, GOOD | changed)
    (found,) = raised.value.problems
    return found.field, found.value, found.rule


def problems_in(record: object) -> tuple[FieldProblem, ...]:
    try:
        validate(MODEL, record)
    except RecordInvalid as error:
        return error.problems
    return ()


@given(
    st.fixed_dictionaries(
        {
            "Length": st.floats(0, 100) | st.integers(0, 100),
            "Count": st.integers(0, 1_000),
            "Colour": st.sampled_from(["red", "green", "blue"]),
        }
    )
)
def test_every_record_within_the_limits_comes_back_in_its_types(record: dict[str, object]) -> None:
    read = validate(MODEL, record)

    assert read == record
    assert [type(value) for value in read.values()] == [float, int, str]


@given(st.dictionaries(st.sampled_from(["Length", "Count", "Colour", "Width"]), json_values))
def test_whatever_comes_is_either_a_record_or_a_named_problem(record: dict[str, object]) -> None:
    problems = problems_in(record)

    assert {found.field for found in problems} <= {"Length", "Count", "Colour", "Width"}
    assert all(found.rule for found in problems)
    assert problems or set(record) == {"Length", "Count", "Colour"}


def test_a_number_out_of_range_is_told_with_the_limits_and_the_unit() -> None:
    assert problem(Length=101) == ("Length", 101, "must be a number between 0 and 100 m")


def test_an_unknown_word_is_told_with_the_vocabulary() -> None:
    assert problem(Colour="pink") == ("Colour", "pink", "must be one of red, green, blue")


def test_a_fraction_is_not_a_whole_number() -> None:
    assert problem(Count=3.5) == ("Count", 3.5, "must be a whole number between 0 and 1000")


def test_text_and_booleans_are_not_numbers() -> None:
    assert problem(Length="4.2")[2].startswith("must be a JSON number")
    assert problem(Length=True)[2].startswith("must be a JSON number")


def test_nan_is_not_a_number() -> None:
    assert problem(Length=math.nan)[2].startswith("must be a finite number")


def test_a_missing_field_and_an_extra_one_are_both_named() -> None:
    with pytest.raises(RecordInvalid) as raised:
        validate(MODEL, {"Length": 4.2, "Colour": "red", "Width": 3})

    assert {(found.field, found.rule) for found in raised.value.problems} == {
        ("Count", "is required"),
        ("Width", "is not a field of this model; remove it"),
    }


def test_something_that_is_no_record_at_all_is_told() -> None:
    with pytest.raises(RecordInvalid, match="record"):
        validate(MODEL, ["red"])
