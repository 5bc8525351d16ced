"""The generated listings fill the published batches in any size, with nulls and mad prices as often as real ones."""

import time

import numpy as np
import pandas as pd
import pytest

from services.data_api.ordering import Ordered, in_order
from telar.use_cases import discover

LISTINGS = discover(None).get("real_estate")
PUBLISHED = (73_784, 94_551, 230_366, 4_055, 320_696, 361_457)
NULLS = {"bed": 0.22, "bath": 0.23, "acre_lot": 0.15, "house_size": 0.25, "prev_sold_date": 0.33}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return LISTINGS.sample(100_000, 31)


def batches(ordered: Ordered) -> list[pd.DataFrame]:
    ends = np.cumsum(ordered.batch_sizes)
    return [ordered.rows.iloc[end - size : end] for end, size in zip(ends, ordered.batch_sizes, strict=True)]


@pytest.mark.parametrize("count", [3_000, 54_245, 200_000])
def test_every_batch_finds_its_rows_and_all_sizes_are_divided_alike(count: int) -> None:
    sizes = in_order(LISTINGS, LISTINGS.sample(count, 31)).batch_sizes
    share = count / sum(PUBLISHED)
    assert sizes[:5] == tuple(round(size * share) for size in PUBLISHED[:5])
    assert sizes[5] == pytest.approx(PUBLISHED[5] * share, rel=0.01)


def test_the_batches_differ_as_the_published_ones_do(rows: pd.DataFrame) -> None:
    offered, sold, any_, single, middle, rest = batches(in_order(LISTINGS, rows))
    assert set(offered["status"]) == {"for_sale"}
    assert offered["price"].max() <= 300_000
    assert set(sold["status"]) == {"sold"}
    assert any_["status"].nunique() == 3
    assert single["state"].nunique() == 1
    assert middle["price"].between(300_000, 500_000).all()
    assert rest["price"].max() > 20_000_000


def test_nulls_and_heavy_tails_are_those_of_the_published_listings(rows: pd.DataFrame) -> None:
    for name, share in NULLS.items():
        assert rows[name].isna().mean() == pytest.approx(share, abs=0.015), name
    assert {0.0, 515_000_000.0} <= set(rows["price"])
    assert rows["price"].mean() > 1.3 * rows["price"].median()
    assert 0.0001 < rows["price"].isna().mean() < 0.002
    assert len(LISTINGS.clean(rows)) > 0.99 * len(rows)


def test_places_and_brokers_are_many_and_say_something_of_the_price(rows: pd.DataFrame) -> None:
    assert rows["state"].nunique() > 50
    assert rows["city"].nunique() > 900
    assert rows["zip_code"].nunique() > 5_000
    assert rows["brokered_by"].nunique() > 8_000
    logarithm = np.log(LISTINGS.clean(rows)["price"])
    by_zip = logarithm.groupby(rows["zip_code"]).agg(["mean", "size"])
    assert by_zip[by_zip["size"] > 30]["mean"].std() > 0.1


def test_a_million_listings_take_seconds() -> None:
    start = time.process_time()
    assert len(LISTINGS.sample(LISTINGS.source.sample_rows, 1)) >= sum(PUBLISHED)
    assert time.process_time() - start < 15
