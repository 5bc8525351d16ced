"""Groups hold what they say, and features fit the columns that they are made of."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from telar.domain.columns import Column
from telar.domain.features import Feature, Grouping, Log, TargetEncoding, check_features
from telar.domain.groups import Group

COLUMNS = (
    Column(name="Code", kind="category", label="Code"),
    Column(name="Size", kind="number", label="Size"),
    Column(name="Shop", kind="category", label="Shop", identifier=True),
    Column(name="Row", kind="integer", label="Row", identifier=True),
)
LOW = (Group(name="low", ranges=((0, 9),)),)


@given(st.integers(0, 3_000), st.integers(0, 3_000), st.integers(0, 12_000))
def test_a_range_holds_the_numbers_between_its_ends(one: int, other: int, number: int) -> None:
    low, high = sorted((one, other))
    pattern = Group(name="g", ranges=((low, high),)).pattern
    for word in (str(number), f"{number}.", f"{number}.83", f"00{number}"):
        assert (re.fullmatch(pattern, word) is not None) == (low <= number <= high)


@pytest.mark.parametrize("word", ["V25", "-25", "25a", "25.8.3", "2 5", "", "25.8x", "٢٥"])
def test_a_range_holds_no_other_words(word: str) -> None:
    assert re.fullmatch(Group(name="g", ranges=((0, 99),)).pattern, word) is None


def test_values_and_prefixes_are_taken_to_the_letter() -> None:
    pattern = Group(name="g", values=("a.b", "x|y"), prefixes=("V5", "(")).pattern
    found = [each for each in ("a.b", "acb", "x|y", "x", "V5", "V57.1", "(1)\n", "v5") if re.fullmatch(pattern, each)]
    assert found == ["a.b", "x|y", "V5", "V57.1", "(1)\n"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "give values, prefixes or ranges"),
        ({"values": ("",)}, "missing word"),
        ({"prefixes": ("V", "")}, "missing word"),
        ({"ranges": ((9, 3),)}, "begins at 9, above its end 3"),
    ],
)
def test_a_group_that_says_nothing_or_nonsense_is_refused(given: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Group.model_validate({"name": "g", **given})


def test_features_may_be_made_of_features_before_them() -> None:
    check_features(
        (
            Grouping(name="Chapter", column="Code", groups=LOW),
            Grouping(name="Part", column="Chapter", groups=LOW),
            TargetEncoding(name="Worth", column="Part"),
            TargetEncoding(name="Shop_Worth", column="Shop"),
            Log(name="Log_Size", column="Size"),
        ),
        COLUMNS,
    )


def test_an_identifier_of_whole_numbers_is_a_column_of_words() -> None:
    zip_code = Column(name="Zip", kind="integer", label="Zip", identifier=True, minimum=0, maximum=99_999)
    check_features(
        (TargetEncoding(name="Zip_Worth", column="Zip", keep=True), Grouping(name="Low", column="Zip", groups=LOW)),
        (zip_code,),
    )


@pytest.mark.parametrize(
    ("features", "problem"),
    [
        ((Log(name="n", column="Weight"),), r"needs unknown column \['Weight'\]"),
        ((Log(name="Size", column="Size"),), "has the name of a column"),
        ((Log(name="n", column="Code"),), r"a log takes a column of numbers, not \['Code'\]"),
        ((Log(name="n", column="Row"),), r"no figure is made of the identifier \['Row'\]"),
        ((TargetEncoding(name="n", column="Size"),), "takes a column of words"),
        ((TargetEncoding(name="n", column="Code"), Log(name="m", column="n")), "takes a column of numbers"),
        (
            (TargetEncoding(name="n", column="Row"),),
            r"the numbers of Row are words only within ±16,777,216; set its min",
        ),
        ((TargetEncoding(name="n", column="m"), Grouping(name="m", column="Code", groups=LOW)), "unknown column"),
    ],
)
def test_a_feature_that_does_not_fit_is_refused_by_name(features: tuple[Feature, ...], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        check_features(features, COLUMNS)
