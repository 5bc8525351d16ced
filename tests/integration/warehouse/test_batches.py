"""A batch is stored once, whole, or not at all; what the upstream handed out in vain is on record."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from telar.adapters.warehouse import Warehouse, batches, open_warehouse, raw, requests
from telar.adapters.warehouse.tables import batches as batch_table
from telar.adapters.warehouse.tables import requests as request_table
from telar.domain.errors import DataError, WarehouseError
from telar.domain.lifecycle import BatchStatus
from tests.integration.warehouse.making import FEED, NOW, ROW, SAMPLE, answer, reserved, stored
from tests.support.databases import TestDatabase
from tests.support.tiny import TINY


def numbers_and_states(warehouse: Warehouse) -> list[tuple[int, str]]:
    question = sa.select(batch_table.c.batch_number, batch_table.c.status).order_by(batch_table.c.batch_number)
    with warehouse.begin() as connection:
        return [(row[0], row[1]) for row in connection.execute(question)]


def outcomes(warehouse: Warehouse) -> list[str | None]:
    with warehouse.begin() as connection:
        return list(connection.execute(sa.select(request_table.c.outcome).order_by(request_table.c.id)).scalars())


def test_a_stored_batch_knows_what_was_received(warehouse: Warehouse) -> None:
    batch = batches.get(warehouse, stored(warehouse, 1, run_id="manual__1"))

    assert (batch.use_case, batch.source, batch.group_number, batch.cycle, batch.batch_number) == (*FEED, 1, 1)
    assert (batch.run_id, batch.status, batch.total_records) == ("manual__1", "stored", 2)
    assert (batch.provenance, batch.origin) == ("sample", "a sample of 4,800 rows")
    assert (batch.requested_at, batch.received_at, batch.payload_sha256) == (NOW, NOW, "ab" * 32)
    assert batch.schema_received == ["Length", "Count", "Colour", "Kind"]
    assert outcomes(warehouse) == ["stored"]


def test_a_number_that_is_already_stored_stores_nothing(warehouse: Warehouse) -> None:
    first = stored(warehouse, 1)
    again = reserved(warehouse)

    assert batches.store(warehouse, TINY, again.request_id, again, answer(1, [ROW] * 5), SAMPLE, "run") is None

    assert numbers_and_states(warehouse) == [(1, "stored")]
    assert len(raw.read(warehouse, TINY, first)) == 2
    assert outcomes(warehouse) == ["stored", "already_stored"]


def test_of_many_that_store_the_same_number_at_once_one_does(database: TestDatabase) -> None:
    with open_warehouse(database.pipeline_url) as own:
        rights = [reserved(own, f"run {number}") for number in range(8)]

    def store(number: int) -> int | None:
        with open_warehouse(database.pipeline_url) as own:
            right = rights[number]
            return batches.store(own, TINY, right.request_id, right, answer(1), SAMPLE, right.source)

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(store, range(8)))

    assert sum(each is not None for each in ids) == 1
    with open_warehouse(database.pipeline_url) as own:
        assert numbers_and_states(own) == [(1, "stored")]
        assert sorted(map(str, outcomes(own))) == ["already_stored"] * 7 + ["stored"]


def test_a_jump_in_the_numbers_leaves_a_row_for_each_that_was_lost(warehouse: Warehouse) -> None:
    stored(warehouse, 1)
    stored(warehouse, 4)

    assert numbers_and_states(warehouse) == [
        (1, "stored"),
        (2, "lost_upstream"),
        (3, "lost_upstream"),
        (4, "stored"),
    ]


def test_a_first_batch_beyond_number_one_shows_those_before_it_lost(warehouse: Warehouse) -> None:
    stored(warehouse, 2)

    assert numbers_and_states(warehouse) == [(1, "lost_upstream"), (2, "stored")]


def test_a_batch_that_was_taken_for_lost_and_comes_after_all_is_stored(warehouse: Warehouse) -> None:
    stored(warehouse, 3)
    late = batches.get(warehouse, stored(warehouse, 2))

    assert numbers_and_states(warehouse) == [(1, "lost_upstream"), (2, "stored"), (3, "stored")]
    assert (late.finished_at, late.reason) == (None, None), "its run is under way, and nothing is lost"
    assert reserved(warehouse).last_batch_number == 3


def test_an_answer_that_comes_after_its_cycle_was_cleared_is_known_and_not_stored_again(warehouse: Warehouse) -> None:
    right, batch_id = reserved(warehouse), stored(warehouse, 1)
    batches.update(warehouse, batch_id, status=BatchStatus.CLEARED)

    assert batches.store(warehouse, TINY, right.request_id, right, answer(1), SAMPLE, "run") is None

    assert numbers_and_states(warehouse) == [(1, "cleared")]


def test_marking_a_batch_lost_again_changes_nothing(warehouse: Warehouse) -> None:
    stored(warehouse, 1)
    right = reserved(warehouse)

    batches.mark_lost(warehouse, right, [1, 2], "run")
    batches.mark_lost(warehouse, right, [2, 3], "run")

    assert numbers_and_states(warehouse) == [(1, "stored"), (2, "lost_upstream"), (3, "lost_upstream")]


@pytest.mark.parametrize("place", ["bulk_load", "before_commit"])
def test_a_store_that_breaks_leaves_nothing_behind(warehouse: Warehouse, place: str) -> None:
    class Broken(Exception):
        pass

    def break_at(name: str) -> None:
        if name == place:
            raise Broken

    right = reserved(warehouse)
    with pytest.raises(Broken):
        batches.store(warehouse, TINY, right.request_id, right, answer(1), SAMPLE, "run", break_at)

    assert numbers_and_states(warehouse) == []
    (asked,) = requests.in_cycle(warehouse, *FEED, 1)
    assert (asked.id, asked.outcome) == (right.request_id, None)
    assert len(raw.read(warehouse, TINY, stored(warehouse, 1))) == 2


def test_text_that_no_column_can_keep_is_refused_and_nothing_is_stored(warehouse: Warehouse) -> None:
    for text in ("a\0b", "half a pair: \ud800"):
        right = reserved(warehouse)
        with pytest.raises(DataError, match=r"NUL|Unicode"):
            batches.store(warehouse, TINY, right.request_id, right, answer(1, [("1", "2", text, "0")]), SAMPLE, "run")

    assert numbers_and_states(warehouse) == []


def test_the_previous_batch_is_the_stored_one_before_across_cycles(warehouse: Warehouse) -> None:
    from telar.adapters.warehouse import windows

    first, third = stored(warehouse, 1), stored(warehouse, 3)
    windows.begin_cycle(warehouse, *FEED, NOW)
    again = stored(warehouse, 1)

    assert batches.previous(warehouse, first) is None
    before_third, before_again = batches.previous(warehouse, third), batches.previous(warehouse, again)
    assert before_third is not None
    assert before_third.id == first
    assert before_again is not None
    assert before_again.id == third
    assert [each.id for each in batches.in_cycle(warehouse, third)] == [first, third]


def test_pending_batches_are_the_prepared_ones_of_the_current_cycle_that_no_training_used(warehouse: Warehouse) -> None:
    from telar.adapters.warehouse import windows

    first, second, third = (stored(warehouse, number) for number in (1, 2, 3))
    for batch_id in (first, second):
        batches.update(warehouse, batch_id, status=BatchStatus.PREPARED, clean_rows=2)
    batches.update(warehouse, third, status=BatchStatus.REFUSED, reason="too few rows")
    assert [each.id for each in batches.pending(warehouse, "tiny")] == [first, second]

    batches.mark_trained(warehouse, [first], "run 2")
    assert [each.id for each in batches.pending(warehouse, "tiny")] == [second]

    windows.begin_cycle(warehouse, *FEED, NOW)
    assert batches.pending(warehouse, "tiny") == []


def test_what_became_of_a_batch_is_kept_as_it_was_given(warehouse: Warehouse) -> None:
    batch_id = stored(warehouse, 1)
    report = {"nulls": {"Length": 0.25}, "notes": ["ñ", None, True]}

    batches.update(warehouse, batch_id, validations=report, new_categories={"Colour": ["violet"]}, finished_at=NOW)

    found = batches.get(warehouse, batch_id)
    assert (found.validations, found.new_categories) == (report, {"Colour": ["violet"]})
    assert found.finished_at == NOW


def test_an_unknown_batch_and_an_unknown_field_are_named(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="no batch 77"):
        batches.get(warehouse, 77)
    with pytest.raises(WarehouseError, match="colour"):
        batches.update(warehouse, stored(warehouse, 1), colour="red")


def test_the_old_questions_about_batches_still_work(warehouse: Warehouse) -> None:
    stored(warehouse, 2)

    with warehouse.begin() as connection:
        states = connection.exec_driver_sql("SELECT * FROM batch_status ORDER BY batch_number").mappings().all()
        totals = connection.exec_driver_sql("SELECT * FROM batch_statistics").mappings().one()

    assert [(row["batch_number"], row["total_records"], row["status"]) for row in states] == [
        (1, None, "lost_upstream"),
        (2, 2, "stored"),
    ]
    assert (totals["use_case"], totals["batches"], totals["total_records"], totals["lost"]) == ("tiny", 1, 2, 1)
