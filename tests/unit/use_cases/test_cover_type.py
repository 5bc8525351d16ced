"""Cover Type speaks the data API's words, and reads the published form into them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from telar.adapters.sources.tables import read_table as read_file
from telar.domain.errors import DataError, RecordInvalid
from telar.domain.records import record_model, validate
from telar.use_cases import discover
from telar.use_cases.cover_type.tables import MEASURES, PUBLISHED, read_table
from tests.support.real_data import REAL_DATA, needs_real_data
from tests.support.uci import published_covertype

COVER_TYPE = discover(None).get("cover_type")


def _words(column: int) -> list[str]:
    return [category.value for category in COVER_TYPE.columns[column].categories]


def test_the_columns_are_those_of_the_data_api_in_its_order() -> None:
    assert COVER_TYPE.names == (
        *("Elevation", "Aspect", "Slope", "Horizontal_Distance_To_Hydrology", "Vertical_Distance_To_Hydrology"),
        *("Horizontal_Distance_To_Roadways", "Hillshade_9am", "Hillshade_Noon", "Hillshade_3pm"),
        *("Horizontal_Distance_To_Fire_Points", "Wilderness_Area", "Soil_Type", "Cover_Type"),
    )


def test_the_vocabularies_are_the_four_areas_the_forty_soils_and_the_seven_covers() -> None:
    assert _words(10) == ["Rawah", "Neota", "Commanche", "Cache"]
    soils = COVER_TYPE.columns[11].categories
    assert (len(soils), soils[0].value, soils[-1].value) == (40, "C2702", "C8776")
    assert all(soil.label != soil.value for soil in soils)
    assert COVER_TYPE.target.values == tuple("0123456")
    assert COVER_TYPE.target.label_of("6") == "Krummholz"


def test_a_record_with_an_unknown_soil_or_a_slope_out_of_range_names_field_value_and_rule() -> None:
    model = record_model(COVER_TYPE.contract(COVER_TYPE.target.values))
    with pytest.raises(RecordInvalid) as caught:
        validate(model, {**COVER_TYPE.example, "Soil_Type": "C9999", "Slope": 91})
    assert {problem.field for problem in caught.value.problems} == {"Soil_Type", "Slope"}


def test_the_published_form_becomes_the_form_of_the_api_whatever_its_order() -> None:
    expected = COVER_TYPE.sample(50, 1)
    shuffled = published_covertype(50)[sorted(PUBLISHED)]
    pd.testing.assert_frame_equal(read_table(shuffled), expected, check_dtype=False)


def test_the_published_form_without_names_is_read_by_position(tmp_path: Path) -> None:
    file = tmp_path / "covtype.data.gz"
    published_covertype(50).to_csv(file, header=False, index=False)
    pd.testing.assert_frame_equal(read_table(read_file(file)), COVER_TYPE.sample(50, 1), check_dtype=False)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("Soil_Type7", 1, "row 3: 2 of the flags Soil_Type1 to Soil_Type40 are 1"),
        ("Cover_Type", 8, "row 3: Cover_Type is .*8.*; UCI's classes are 1 to 7"),
        ("Cover_Type", 0, "UCI's classes are 1 to 7"),
    ],
)
def test_a_published_row_that_makes_no_sense_is_refused_by_its_number(column: str, value: int, told: str) -> None:
    frame = published_covertype(50)
    frame.loc[3, column] = value
    with pytest.raises(DataError, match=told):
        read_table(frame)


def test_a_table_of_other_columns_is_refused_with_what_is_missing() -> None:
    with pytest.raises(DataError, match=r"not UCI Covertype: 55 of its 55 columns are missing \(Elevation, "):
        read_table(pd.DataFrame({"a": [1]}))


def test_clean_drops_what_is_out_of_range_and_keeps_a_soil_that_nobody_knew() -> None:
    frame = COVER_TYPE.sample(10, 1).astype(dict.fromkeys(MEASURES, float))
    frame.loc[2, "Slope"] = 300
    frame.loc[5, "Soil_Type"] = "C9999"
    assert list(COVER_TYPE.clean(frame).index) == [0, 1, 3, 4, 5, 6, 7, 8, 9]


@needs_real_data
def test_all_published_rows_convert_to_the_rows_of_the_course() -> None:
    converted = read_table(pd.read_parquet(REAL_DATA / "covertype.parquet"))
    course = pd.read_parquet(REAL_DATA / "covertype_course_form.parquet")
    assert len(converted) == 581_012
    assert list(converted.columns) == list(course.columns)
    for name in converted.columns:
        assert np.array_equal(converted[name].astype(str), course[name].astype(str)), name


@needs_real_data
def test_clean_keeps_every_published_row() -> None:
    course = pd.read_parquet(REAL_DATA / "covertype_course_form.parquet")
    assert len(COVER_TYPE.clean(course.astype(dict.fromkeys(MEASURES, float)))) == 581_012
