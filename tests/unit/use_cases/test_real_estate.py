"""Real estate speaks the data API's words, keeps plausible listings, and lets no price into its own row."""

import numpy as np
import pandas as pd
import pytest

from telar.domain.candidates import Candidate
from telar.domain.columns import Column
from telar.domain.errors import RecordInvalid
from telar.domain.records import record_model, validate
from telar.pipeline.cleaning import clean_rows
from telar.pipeline.features import build_pipeline
from telar.pipeline.reading import read_types
from telar.pipeline.training.compile import compile_onnx
from telar.pipeline.training.model_input import model_input
from telar.pipeline.training.parity import check_parity
from telar.pipeline.training.search import SEED
from telar.use_cases import discover

LISTINGS = discover(None).get("real_estate")
CONTRACT = LISTINGS.contract(())
NULLABLE = [column.name for column in LISTINGS.columns if column.nullable]


def raw(**changed: list[str | None]) -> pd.DataFrame:
    """A listing of the API for each value given, as text, all else alike but for the street."""
    rows = max((len(values) for values in changed.values()), default=1)
    told = {
        "brokered_by": "103378.0",
        "status": "for_sale",
        "price": "105000.0",
        **{"bed": "3.0", "bath": "2.0", "acre_lot": "0.12", "city": "Adjuntas", "state": "Puerto Rico"},
        **{"zip_code": "601.0", "house_size": "920.0", "prev_sold_date": None},
    }
    frame = pd.DataFrame({name: [value] * rows for name, value in told.items()}, dtype=object)
    return frame.assign(street=[f"{1_962_661 + row}.0" for row in range(rows)], _row=range(rows), **changed)


def typed(rows: int, seed: int = 3) -> pd.DataFrame:
    """Generated listings as the clean table holds them."""
    frame = LISTINGS.sample(rows, seed)
    numbers = [column.name for column in LISTINGS.columns if column.numeric]
    return LISTINGS.clean(frame.astype(dict.fromkeys([*numbers, "price"], float))).reset_index(drop=True)


def fitted(rows: pd.DataFrame, name: str = "xgboost") -> object:
    (candidate,) = [each for each in LISTINGS.candidates if each.name == name]
    small = {"n_estimators": 60} if name == "xgboost" else {}
    return build_pipeline(LISTINGS, candidate, small, SEED).fit(model_input(rows, LISTINGS.columns), rows["price"])


def column(name: str) -> Column:
    return CONTRACT.column(name)


def test_the_twelve_columns_are_those_of_the_data_api() -> None:
    assert set(LISTINGS.names) == {
        *("brokered_by", "status", "price", "bed", "bath", "acre_lot", "street", "city", "state", "zip_code"),
        *("house_size", "prev_sold_date"),
    }
    assert (LISTINGS.target.name, LISTINGS.target.unit) == ("price", "USD")
    assert {each for each in LISTINGS.names[:-1] if column(each).identifier} >= {"brokered_by", "street", "zip_code"}
    assert set(NULLABLE) == {*LISTINGS.names} - {"price", "status"}


def test_a_published_file_is_in_the_form_of_the_api_already() -> None:
    assert LISTINGS.read_table is None
    assert LISTINGS.source.published_as == "USA Real Estate Dataset"


@pytest.mark.parametrize("text", ["601", "601.0", "00601", " 601.0 ", "6.01e2"])
def test_a_zip_code_is_one_word_however_its_number_is_written(text: str) -> None:
    rows = typed(2_000)
    rows.loc[rows.index[:40], "zip_code"] = 601
    rows.loc[rows.index[:40], "price"] = 3_000_000.0
    read = read_types(LISTINGS, raw(zip_code=[text])).frame
    zips = fitted(rows).named_steps["columns"].named_transformers_["means_zip_code_worth"]  # type: ignore[attr-defined]
    found = zips.transform(model_input(read, LISTINGS.columns)[["zip_code"]])
    assert float(found[0, 0]) > np.log(2_000_000)


def test_a_row_as_the_api_sends_it_is_a_valid_record_with_nulls_wherever_they_may_be() -> None:
    model = record_model(CONTRACT)
    sent = {**LISTINGS.example, "brokered_by": 103378.0, "zip_code": 601.0, "bed": 3.0}
    assert validate(model, sent)["zip_code"] == 601
    assert validate(model, {"status": "sold"}) == {"status": "sold", **dict.fromkeys(NULLABLE)}
    with pytest.raises(RecordInvalid) as caught:
        validate(model, {**sent, "state": "Atlantis", "zip_code": "601", "acre_lot": -1})
    assert {problem.field for problem in caught.value.problems} == {"state", "zip_code", "acre_lot"}


@pytest.mark.parametrize(
    ("name", "values", "kept"),
    [
        ("price", ["0", "9999.0", "10000.0", "20000000", "20000001", "515000000.0", "call me", None], [2, 3]),
        ("house_size", ["4", "50", "100000", "1040400000", None, "big"], [1, 2, 4, 5]),
        ("acre_lot", ["0", "10000.5", "100000.0", None], [0, 3]),
        ("bed", ["473", "2.5", "-1", "0", None], [1, 3, 4]),
        ("bath", ["830.0", "2.5"], [1]),
        ("zip_code", ["100000", "601.0", None], [1, 2]),
        ("status", [None, "sold"], [1]),
        ("state", ["New Brunswick", None], [0, 1]),
    ],
)
def test_clean_drops_what_is_no_plausible_listing_and_keeps_what_is_unknown(
    name: str, values: list[str | None], kept: list[int]
) -> None:
    assert clean_rows(LISTINGS, raw(**{name: values}))["_row"].tolist() == kept


def test_a_price_of_text_is_unreadable_and_counted() -> None:
    marks = read_types(LISTINGS, raw(price=["call me", "105000", None, "0"])).unreadable["price"]
    assert marks.tolist() == [True, False, False, False]


def test_a_listing_that_came_twice_stays_once() -> None:
    twice = pd.concat([raw(), raw()], ignore_index=True).assign(_row=[0, 1])
    assert clean_rows(LISTINGS, twice)["_row"].tolist() == [0]


def test_the_same_house_offered_and_sold_is_in_one_partition() -> None:
    offered = raw(price=[str(100_000 + each) for each in range(200)])
    sold = offered.assign(status="sold", price="150000.0", prev_sold_date="2021-12-01")
    parts = [clean_rows(LISTINGS, each)["_partition"].tolist() for each in (offered, sold)]
    assert parts[0] == parts[1]
    assert set(parts[0]) == {"train", "validation", "test"}


def test_a_new_state_with_three_rows_gets_the_mean_of_all() -> None:
    rows = typed(3_000)
    rows.loc[rows.index[:3], ["state", "price"]] = ["New Brunswick", 15_000_000.0]
    states = fitted(rows).named_steps["columns"].named_transformers_["means_state_worth"]  # type: ignore[attr-defined]
    asked = pd.DataFrame({"state": ["New Brunswick", "", "never seen before", "California"]}, dtype=object)
    mean = np.log1p(rows["price"]).mean()
    found = states.transform(asked)[:, 0]
    assert found[[0, 2]] == pytest.approx(mean, abs=1e-4)
    assert abs(found[3] - mean) > 0.01


def test_a_rows_own_price_does_not_enter_its_encoding() -> None:
    """Brokers that say nothing of the price: encoded by means of their own rows they would tell half of it."""
    rows = typed(4_000)
    random = np.random.default_rng(0)
    rows["brokered_by"] = random.permutation(np.arange(len(rows)) // 12).astype(float)
    price = np.log(rows["price"].sample(frac=1, random_state=1).to_numpy())
    encoder = fitted(rows).named_steps["columns"].named_transformers_["means_brokered_by_worth"]  # type: ignore[attr-defined]
    words = model_input(rows, LISTINGS.columns)[["brokered_by"]]
    crossed = encoder.fit_transform(words, np.exp(price))[:, 0]
    leaked = encoder.transform(words)[:, 0]
    assert abs(np.corrcoef(crossed, price)[0, 1]) < 0.1
    assert np.corrcoef(leaked, price)[0, 1] > 0.2


@pytest.mark.parametrize("candidate", LISTINGS.candidates, ids=lambda each: each.name)
def test_both_forms_of_a_model_say_the_same_of_hostile_listings(candidate: Candidate) -> None:
    rows = typed(3_000)
    pipeline = fitted(rows, candidate.name)
    held_out = typed(600, 9).assign(bed=np.nan)
    parity = check_parity(pipeline, compile_onnx(pipeline, CONTRACT), held_out, CONTRACT, LISTINGS.gate)
    assert parity.label_agreement == 1
    assert parity.max_probability_difference < 1e-4


def test_an_all_null_column_can_be_learned_from() -> None:
    rows = typed(1_500).assign(acre_lot=np.nan, city=None)
    for name in ("ridge", "xgboost"):
        assert np.isfinite(fitted(rows, name).predict(model_input(rows, LISTINGS.columns))).all()  # type: ignore[attr-defined]
