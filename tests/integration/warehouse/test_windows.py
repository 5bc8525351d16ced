"""One window, one request: whoever asks, and however many at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import sqlalchemy as sa

from telar.adapters.warehouse import Warehouse, batches, open_warehouse, requests, windows
from telar.adapters.warehouse.tables import requests as request_table
from telar.domain.lifecycle import RequestOutcome
from tests.integration.warehouse.making import FEED, NOW, SAMPLE, answer, reserved
from tests.support.databases import TestDatabase
from tests.support.tiny import TINY

WINDOW = timedelta(seconds=300)


def test_the_first_who_asks_gets_the_window_and_the_next_is_told_until_when_to_wait(warehouse: Warehouse) -> None:
    first = windows.reserve(warehouse, *FEED, WINDOW, "run 1", NOW)
    second = windows.reserve(warehouse, *FEED, WINDOW, "run 2", NOW + timedelta(seconds=314))
    third = windows.reserve(warehouse, *FEED, WINDOW, "run 3", NOW + timedelta(seconds=315))

    assert isinstance(first, windows.Reserved)
    assert (first.cycle, first.last_batch_number) == (1, None)
    assert second == windows.Early(NOW + timedelta(seconds=315))
    assert isinstance(third, windows.Reserved)


def test_of_many_that_ask_at_once_one_gets_the_window(database: TestDatabase) -> None:
    def ask(number: int) -> windows.Reservation:
        with open_warehouse(database.pipeline_url) as own:
            return windows.reserve(own, *FEED, WINDOW, f"run {number}", NOW)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(24)))

    assert sum(isinstance(each, windows.Reserved) for each in answers) == 1
    with open_warehouse(database.pipeline_url) as own, own.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(request_table)).scalar() == 1


def test_other_groups_and_sources_have_windows_of_their_own(warehouse: Warehouse) -> None:
    feeds = [("tiny", "data_api", 1), ("tiny", "data_api", 2), ("tiny", "Data_API", 1), ("tinier", "data_api", 1)]

    given = [windows.reserve(warehouse, *feed, WINDOW, "run", NOW) for feed in feeds]

    assert all(isinstance(each, windows.Reserved) for each in given)


def test_the_request_stands_in_the_warehouse_before_it_is_sent(warehouse: Warehouse) -> None:
    right = reserved(warehouse, "scheduled__2026")

    waiting = requests.in_cycle(warehouse, *FEED, 1)

    assert [(each.id, each.run_id, each.outcome) for each in waiting] == [(right.request_id, "scheduled__2026", None)]


def test_a_request_that_ended_says_how(warehouse: Warehouse) -> None:
    right = reserved(warehouse)

    requests.finish(warehouse, right.request_id, RequestOutcome.FAILED, 500, "Internal Server Error")

    (asked,) = requests.in_cycle(warehouse, *FEED, 1)
    assert (asked.outcome, asked.error) == ("failed", "Internal Server Error")


def test_a_released_window_can_be_reserved_at_once(warehouse: Warehouse) -> None:
    first = windows.reserve(warehouse, *FEED, WINDOW, "run 1", NOW)
    assert isinstance(first, windows.Reserved)

    windows.release(warehouse, first.request_id, "connection refused", NOW)

    assert isinstance(windows.reserve(warehouse, *FEED, WINDOW, "run 1", NOW), windows.Reserved)


def test_a_late_release_does_not_open_the_window_of_somebody_else(warehouse: Warehouse) -> None:
    first = windows.reserve(warehouse, *FEED, WINDOW, "run 1", NOW)
    later = NOW + 2 * WINDOW
    windows.reserve(warehouse, *FEED, WINDOW, "run 2", later)
    assert isinstance(first, windows.Reserved)

    windows.release(warehouse, first.request_id, "connection refused", later)

    assert isinstance(windows.reserve(warehouse, *FEED, WINDOW, "run 3", later), windows.Early)


def test_a_restart_begins_a_cycle_that_counts_from_the_first_batch_again(warehouse: Warehouse) -> None:
    right = reserved(warehouse)
    batches.store(warehouse, TINY, right.request_id, right, answer(1), SAMPLE, "run")

    assert windows.begin_cycle(warehouse, *FEED, NOW) == 2

    again = reserved(warehouse)
    assert (again.cycle, again.last_batch_number) == (2, None)
    assert batches.store(warehouse, TINY, again.request_id, again, answer(1), SAMPLE, "run") is not None
    assert windows.current_cycle(warehouse, *FEED) == 2
