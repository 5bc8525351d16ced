"""From text as received to clean rows: nothing crashes, every loss is counted, partitions never move."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telar.domain.errors import DataError
from telar.domain.profile import CategoryProfile, Profile
from telar.domain.quality import QualityReport
from telar.pipeline.cleaning import clean_rows
from telar.pipeline.inspection import inspect
from telar.pipeline.partitions import partition
from telar.pipeline.reading import read_types
from tests.support.tiny import TINY

texts = st.none() | st.sampled_from(
    ["", " ", "4", "4.5", "-1", "1e400", "nan", "inf", "red", "pink", "ñ", "0x1", "True"]
)
rows = st.lists(st.fixed_dictionaries(dict.fromkeys(TINY.names, texts)), max_size=8)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def raw(data: list[dict[str, str | None]]) -> pd.DataFrame:
    return pd.DataFrame(data, columns=list(TINY.names), dtype=object).assign(_row=range(len(data)))


def sample(count: int = 300) -> pd.DataFrame:
    return TINY.sample(count, 1).astype(str).astype(object).assign(_row=range(count))


def report(frame: pd.DataFrame, production: Profile | None = None) -> QualityReport:
    received = [name for name in frame.columns if name != "_row"]
    return inspect(TINY, read_types(TINY, frame), received, production)


@unhurried
@given(rows)
def test_whatever_text_comes_it_is_typed_inspected_and_cleaned(data: list[dict[str, str | None]]) -> None:
    frame = raw(data)
    found = report(frame)
    clean = clean_rows(TINY, frame)

    assert found.rows == len(data)
    assert set(clean["_row"]) <= set(range(len(data)))
    assert clean["Kind"].isin(TINY.target.values).all()
    assert clean[["Length", "Count"]].dtypes.eq("float64").all()


@unhurried
@given(st.randoms(use_true_random=False))
def test_a_row_stays_in_its_partition_in_whatever_order_and_company_it_arrives(random: object) -> None:
    frame = read_types(TINY, sample()).frame
    shuffled = frame.sample(frac=0.5, random_state=random.randint(0, 999))  # type: ignore[attr-defined]

    assert partition(TINY, frame).loc[shuffled.index].equals(partition(TINY, shuffled))


def test_the_partitions_of_known_rows_are_the_same_for_ever() -> None:
    lengths = [float(length) for length in range(1, 13)]
    frame = pd.DataFrame({"Length": lengths, "Count": [30.0, float("nan")] * 6, "Colour": ["ñ", None, "red"] * 4})

    found = partition(TINY, frame.assign(Kind="1"))

    assert "".join(found.map({"train": "-", "validation": "v", "test": "t"})) == "-v-------t--"


def test_about_60_20_20_percent_of_the_rows_fall_into_the_partitions() -> None:
    shares = partition(TINY, read_types(TINY, sample(5_000)).frame).value_counts(normalize=True)

    assert shares.to_dict() == pytest.approx({"train": 0.6, "validation": 0.2, "test": 0.2}, abs=0.03)


def test_rows_with_the_same_key_stay_together() -> None:
    keyed = TINY.model_copy(update={"partition_key": ("Colour",)})
    frame = read_types(TINY, sample()).frame

    together = pd.DataFrame({"colour": frame["Colour"], "partition": partition(keyed, frame)})

    assert together.groupby("colour")["partition"].nunique().eq(1).all()


def test_unreadable_values_become_missing_and_are_counted() -> None:
    frame = sample()
    frame.loc[:4, "Count"] = ["many", "3.5", "1e400", None, ""]

    found = report(frame).columns["Count"]

    assert (found.unreadable, found.nulls) == (3, 2)


def test_values_out_of_range_are_counted() -> None:
    frame = sample()
    frame.loc[:1, "Length"] = ["-1", "101"]

    assert report(frame).columns["Length"].out_of_range == 2


def test_missing_new_and_retyped_columns_are_named() -> None:
    frame = sample().drop(columns="Length").assign(Width="3", Count="many", Colour="7")
    found = report(frame)

    assert found.missing_columns == ("Length",)
    assert found.new_columns == ("Width",)
    assert found.retyped_columns == {"Count": "text", "Colour": "a number"}


def test_words_outside_the_vocabulary_are_counted() -> None:
    frame = sample()
    frame.loc[:2, "Colour"] = ["pink", "pink", "mauve"]

    assert report(frame).new_categories == {"Colour": {"pink": 2, "mauve": 1}}


def test_words_of_the_vocabulary_that_production_never_saw_are_new_too() -> None:
    frame = sample()
    trained = Profile(
        rows=9, categories={"Colour": CategoryProfile(count=9, nulls=0, shares={"red": 0.6, "green": 0.4})}
    )

    assert report(frame, trained).new_categories == {"Colour": {"blue": int((frame["Colour"] == "blue").sum())}}


def test_a_clean_that_makes_a_column_is_refused_by_name() -> None:
    wrong = TINY.model_copy(update={"clean": lambda frame: frame.assign(Width=1)})

    with pytest.raises(DataError, match=r"tiny: clean\(\) must return rows that it was given, .* Kind, Width"):
        clean_rows(wrong, sample())


def test_a_clean_that_invents_a_row_is_refused() -> None:
    wrong = TINY.model_copy(update={"clean": lambda frame: pd.concat([frame, frame.tail(1)])})

    with pytest.raises(DataError, match="each once"):
        clean_rows(wrong, sample())
