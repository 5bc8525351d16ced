"""How far a source was read: parts that were split, cycles that were begun, and what is left."""

from collections.abc import Iterator

import pytest

from services.portal.feeds import Feed
from services.portal.reading import reading_rows, reading_text
from telar.adapters.warehouse import Warehouse, history_cycles, open_warehouse
from telar.adapters.warehouse.history_lines import CycleLine
from telar.domain.lifecycle import Provenance
from tests.services.portal.conftest import OpenPage, texts
from tests.services.portal.parted import START, write_cycles, write_parts
from tests.support.databases import TestDatabase

HOUSES = Feed("houses", "Houses", Provenance.FILE, "a file", batches=6)


@pytest.fixture
def reader(database: TestDatabase, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    write_parts(warehouse)
    write_cycles(warehouse)
    monkeypatch.setenv("TELAR_WAREHOUSE_URL", database.reader_url.get_secret_value())
    with open_warehouse(database.reader_url) as opened:
        yield opened


def line(**more: object) -> CycleLine:
    """A cycle of an API that is being read."""
    known = {"use_case": "houses", "source": "data_api", "cycle": 1, "began_at": START, "batches": 2, "rows": 300}
    rest = {"clean_rows": 280, "largest": 200, "lost": 0, "part_rows": None, "present": True, "cleared": False}
    return CycleLine(**{**known, **rest, **more})  # type: ignore[arg-type]


def test_cycles_and_parts_are_told_apart_newest_cycle_and_training_part_first(reader: Warehouse) -> None:
    found = history_cycles.cycles(reader)

    assert [(each.use_case, each.source, each.cycle, each.batches) for each in found] == [
        ("houses", "data_api", 2, 0),
        ("houses", "data_api", 1, 2),
        ("visits", "published", 1, 2),
        ("visits", "published/validation", 1, 1),
        ("visits", "published/test", 1, 1),
    ]
    again, before, train, validation, _ = found
    assert (again.present, again.began_at, before.present, before.cleared, before.lost) == (True, None, False, True, 1)
    assert before.began_at is not None
    assert (before.rows, before.largest) == (168_335, 94_551)
    assert (train.part, train.part_rows, validation.part_rows) == ("train", 1_440, 479)
    assert [each.use_case for each in history_cycles.cycles(reader, "visits")] == ["visits"] * 3


@pytest.mark.usefixtures("reader")
def test_the_page_tells_batch_k_of_n_with_rows_and_what_is_left(open_page: OpenPage) -> None:
    app = open_page("history").selectbox(key="use-case").select("visits").run()
    batches, sources = (app.dataframe[place].value for place in range(2))

    assert set(batches["Part"]) == {"training", "validation, held out", "test, held out"}
    assert sorted(result for results in batches["What came of it"] for result in results) == [
        "▲ trained, promoted",
        "▼ trained, rejected",
        "○ held out",
        "○ held out",
    ]
    assert sources["Batches"].tolist() == ["2 of 3", "1 of 1", "1 of 1"]
    assert sources["Rows read"].tolist() == ["1,000 of 1,440", "479 of 479", "481 of 481"]
    assert sources["Left"].tolist() == ["1 batch, 440 rows", "–", "–"]
    assert sources["State"].tolist() == ["being read", "read to the end", "read to the end"]


@pytest.mark.usefixtures("reader")
def test_the_page_tells_that_a_source_was_begun_again_and_when(open_page: OpenPage) -> None:
    app = open_page("history").selectbox(key="use-case").select("houses").run()
    sources = app.dataframe[1].value

    assert sources["Cycle"].tolist() == [2, 1]
    assert sources["State"].tolist() == ["begun, nothing read yet", "over, its clean rows cleared"]
    assert sources["Began (UTC)"].notna().tolist() == [False, True]
    assert sources["Lost batches"].tolist() == [0, 1]


@pytest.mark.usefixtures("reader")
def test_home_says_in_a_sentence_how_far_each_source_was_read(open_page: OpenPage) -> None:
    shown = texts(open_page("home"))

    assert (
        "**Read:** cycle 1, 2 of 3 batches with 1,000 of 1,440 rows, 1 batch, 440 rows left; held out: 479 validation "
        "and 481 test rows"
    ) in shown
    assert "**Read:** cycle 2, 0 batches with 0 rows" in shown


def test_an_api_that_tells_how_many_batches_it_has_is_believed() -> None:
    (row,) = reading_rows([line()], [HOUSES])
    assert (row["Batches"], row["Left"], row["State"]) == ("2 of 6", "4 batches", "being read")
    (row,) = reading_rows([line(batches=5, lost=1)], [HOUSES])
    assert (row["Batches"], row["Left"], row["State"]) == ("5 of 6", "–", "read to the end")


def test_of_an_api_that_tells_nothing_only_what_came_is_told() -> None:
    (row,) = reading_rows([line()], [])
    assert (row["Batches"], row["Rows read"], row["Left"], row["State"]) == ("2", "300", None, "being read")
    assert reading_text([line()], None) == "cycle 1, 2 batches with 300 rows"


def test_a_split_that_only_the_data_service_knows_is_asked_of_it() -> None:
    parts = {"train": 1_440, "validation": 479, "test": 481}
    feed = Feed("houses", "Houses", Provenance.FILE, "", batches=3, batch_rows=500, parts=parts)  # type: ignore[arg-type]
    (row,) = reading_rows([line(source="partitions", batches=3, rows=1_440)], [feed])
    assert (row["Batches"], row["State"]) == ("3 of 3", "read to the end")
