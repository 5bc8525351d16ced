"""A named lock is held by one worker at a time, and waiting for it has an end."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from telar.adapters.warehouse import Warehouse, locks, open_warehouse
from telar.domain.errors import WarehouseError
from tests.support.databases import TestDatabase


def test_one_worker_at_a_time_holds_a_lock(database: TestDatabase) -> None:
    inside: list[int] = []
    crowds: list[int] = []

    def work(number: int) -> None:
        with open_warehouse(database.pipeline_url) as own, locks.lock(own, "a place"):
            inside.append(number)
            with own.begin() as connection:
                connection.exec_driver_sql("SELECT 1")
            crowds.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(12)))

    assert crowds == [1] * 12


@pytest.mark.engines("mysql")
def test_mysql_waits_for_a_row_as_long_as_a_batch_may_take_to_load(warehouse: Warehouse) -> None:
    with warehouse.begin() as connection:
        assert connection.exec_driver_sql("SELECT @@SESSION.innodb_lock_wait_timeout").scalar() == locks.WAIT_SECONDS


def test_who_waits_too_long_is_told_what_for(
    warehouse: Warehouse, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT_SECONDS", 1)
    with (
        locks.lock(warehouse, "a place"),
        open_warehouse(database.pipeline_url) as other,
        pytest.raises(WarehouseError, match="another worker held 'a place'"),
        locks.lock(other, "a place"),
    ):
        pass
    with locks.lock(warehouse, "a place"), locks.lock(warehouse, "another place"):
        pass
