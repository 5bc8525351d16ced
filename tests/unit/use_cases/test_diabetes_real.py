"""The definition against all published encounters, where they are at hand."""

import pandas as pd
import pytest

from telar.adapters.sources.splitting import split_table
from telar.adapters.sources.texts import as_texts
from telar.domain.records import record_model, validate
from telar.pipeline.inspection import inspect
from telar.pipeline.reading import Typed, read_types
from telar.use_cases import discover
from tests.support.real_data import REAL_DATA, VARIABLE

FILE = REAL_DATA / "diabetes.parquet"
DIABETES = discover(None).get("diabetes")
pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"UCI Diabetes is not in {REAL_DATA}; set {VARIABLE} to the folder of diabetes.parquet"
)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_parquet(FILE)


@pytest.fixture(scope="module")
def typed(table: pd.DataFrame) -> Typed:
    texts = as_texts(DIABETES, table)
    return read_types(DIABETES, pd.DataFrame(texts, columns=list(DIABETES.names), dtype=object))


def test_the_published_columns_are_those_of_the_definition_in_its_order(table: pd.DataFrame) -> None:
    assert table.shape == (101_766, 50)
    assert tuple(table.columns) == DIABETES.names


def test_every_vocabulary_is_complete_and_no_value_is_unreadable_or_out_of_range(typed: Typed) -> None:
    report = inspect(DIABETES, typed, DIABETES.names)
    assert report.new_categories == {}
    assert {name: found for name, found in report.columns.items() if found.unreadable or found.out_of_range} == {}
    nulls = {name: found.nulls for name, found in report.columns.items() if found.nulls}
    assert nulls == {
        **{"race": 2_273, "gender": 3, "weight": 98_569, "payer_code": 40_256, "medical_specialty": 49_949},
        **{"diag_1": 21, "diag_2": 358, "diag_3": 1_423, "max_glu_serum": 96_420, "A1Cresult": 84_748},
    }


def test_each_published_row_is_a_valid_record(typed: Typed) -> None:
    """Every distinct value of every column is seen: rows are checked until none brings a new one."""
    model = record_model(DIABETES.contract(DIABETES.target.values))
    frame = typed.frame.drop(columns=["readmitted"])
    telling = frame.drop(columns=["encounter_id", "patient_nbr"])
    new = pd.concat([~telling[name].duplicated() for name in telling], axis=1).any(axis=1)
    rows = frame[new].astype(object)
    for record in rows.where(rows.notna(), None).to_dict("records"):
        validate(model, record)
    assert len(rows) > 1_000


def test_the_classes_are_those_of_the_three_words(table: pd.DataFrame, typed: Typed) -> None:
    assert table["readmitted"].value_counts().to_dict() == {"NO": 54_864, ">30": 35_545, "<30": 11_357}
    assert typed.frame["readmitted"].value_counts().to_dict() == {"no": 90_409, "yes": 11_357}


def test_clean_leaves_out_the_dead_and_those_in_a_hospice(table: pd.DataFrame, typed: Typed) -> None:
    cleaned = DIABETES.clean(typed.frame)
    assert len(cleaned) == 101_766 - (1_642 + 8 + 2) - (399 + 372)
    gone = table.loc[table.index.difference(cleaned.index), "discharge_disposition_id"]
    assert set(gone) == {11, 13, 14, 19, 20}


def test_it_is_split_by_patient_with_equal_rates_and_read_in_five_batches_four_of_them_whole(
    table: pd.DataFrame,
) -> None:
    split = split_table(DIABETES, table)
    parts = pd.Series(split.parts, index=table.index)

    assert len(set(split.groups)) == table["patient_nbr"].nunique() == 71_518
    assert (parts.groupby(table["patient_nbr"]).nunique() == 1).all()
    back = table["readmitted"] == "<30"
    assert (back.groupby(parts).mean() - back.mean()).abs().max() < 0.005
    train = int((parts == "train").sum())
    whole, rest = divmod(train, 15_000)
    assert (whole, rest > 0) == (4, True)
    assert train / len(table) == pytest.approx(0.6, abs=0.005)
