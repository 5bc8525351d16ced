"""Batches of different sizes and contents, as a use case's source lists them: served so, whatever the rows are."""

from pathlib import Path

import pandas as pd
import pytest
import requests
from pydantic import ValidationError

from services.data_api.ordering import in_order
from telar.adapters.sources import DataApiClient
from telar.domain.errors import DataError
from telar.domain.use_case import DataApiSource, Selection, Where
from tests.support.data_api_server import run_data_api
from tests.support.tiny import TINY, TINY_FOLDER

SELECTIONS = (
    Selection(rows=300, where=(Where(column="Colour", words=("red",)), Where(column="Length", maximum=9.0))),
    Selection(rows=50, where=(Where(column="Length", minimum=8.0),)),
    Selection(rows=400, where=(Where(column="Count", minimum=25, maximum=35),)),
    Selection(rows=200),
)
PATTERNED = TINY.model_copy(update={"source": DataApiSource(selections=SELECTIONS)})


def test_each_batch_holds_the_rows_that_its_selection_asks_for_and_no_row_twice() -> None:
    ordered = in_order(PATTERNED, TINY.sample(4_000, 1))

    red, long, middle, _ = (part for part in _pieces(ordered.rows, ordered.batch_sizes))
    assert ordered.batch_sizes == (300, 50, 400, 200)
    assert set(red["Colour"]) == {"red"}
    assert red["Length"].max() <= 9
    assert long["Length"].min() >= 8
    assert middle["Count"].between(25, 35).all()
    assert ordered.rows.index.is_unique


def test_of_fewer_rows_each_batch_gets_its_share() -> None:
    assert in_order(PATTERNED, TINY.sample(475, 1).assign(Count=30)).batch_sizes == (150, 25, 200, 100)


def test_a_batch_for_which_no_row_is_left_is_named() -> None:
    with pytest.raises(DataError, match="no row is left for batch 1 of the pattern"):
        in_order(PATTERNED, TINY.sample(400, 1).assign(Colour="blue"))


def test_a_selection_by_a_column_that_is_none_of_the_use_case_is_refused() -> None:
    source = DataApiSource(selections=(Selection(rows=1, where=(Where(column="Weight", minimum=1),)),))
    with pytest.raises(ValidationError, match="a selection of the source names unknown column"):
        type(TINY).model_validate({**dict(TINY), "source": source})


def test_a_rule_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="a rule about Colour needs words, a minimum or a maximum"):
        Where(column="Colour")


def test_the_data_api_serves_the_pattern_whole_batch_by_batch_to_its_end(tmp_path: Path) -> None:
    text = (TINY_FOLDER / "tiny.py").read_text()
    red = "Selection(rows=300, where=(Where(column='Colour', words=('red',)),))"
    pattern = f"selections=({red}, Selection(rows=40)), sample_rows=4_800"
    text = text.replace("answer_share=0.5, sample_rows=4_800", pattern).replace("batches=4, ", "")
    (tmp_path / "tiny.py").write_text(
        text.replace("import DataApiSource, UseCase", "import DataApiSource, Selection, UseCase, Where")
    )
    with run_data_api(tmp_path / "data-api", use_cases=tmp_path) as api:
        client = DataApiClient(api.url, TINY, prefixed=True, timeout_seconds=30)
        first, second = client.fetch(1), client.fetch(1)
        end = requests.get(f"{api.url}/data", params={"group_number": 1}, timeout=30)

    assert (len(first.rows), len(second.rows)) == (300, 40)
    assert {row[2] for row in first.rows} == {"red"}
    assert end.status_code == 400


def _pieces(rows: pd.DataFrame, sizes: tuple[int, ...]) -> list[pd.DataFrame]:
    ends = pd.Series(sizes).cumsum()
    return [rows.iloc[end - size : end] for end, size in zip(ends, sizes, strict=True)]
