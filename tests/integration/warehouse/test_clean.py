"""Clean rows are derived from raw: stored again, they are the same; of another definition, they are built anew."""

import math
import os
import signal
import subprocess
import sys
import textwrap

import pandas as pd
import pytest
import sqlalchemy as sa

from telar.adapters.warehouse import Warehouse, batches, clean, windows
from telar.domain.columns import Column
from telar.domain.errors import NotMigrated
from telar.domain.lifecycle import BatchStatus
from telar.domain.use_case import UseCase
from tests.integration.warehouse.making import FEED, NOW, Row, cleaned, stored
from tests.support.databases import TestDatabase
from tests.support.tiny import TINY

ROWS: list[Row] = [("1.5", "2", "red", "0"), ("2.5", None, None, "1"), ("3.5", "4", "it's \\ ü", "2")]


def wider() -> UseCase:
    """TINY with one more column, and so with another digest."""
    column = Column(name="Weight", kind="number", label="Weight", nullable=True)
    return TINY.model_copy(update={"columns": (*TINY.columns, column)})


def prepared(warehouse: Warehouse, number: int, use_case: UseCase = TINY) -> int:
    """A stored batch with its clean rows."""
    from telar.adapters.warehouse import raw

    batch_id = stored(warehouse, number, ROWS)
    frame = cleaned(raw.read(warehouse, use_case, batch_id), use_case)
    clean.store(warehouse, use_case, batch_id, frame)
    batches.update(warehouse, batch_id, status=BatchStatus.PREPARED, clean_rows=len(frame), train_rows=2)
    return batch_id


def test_clean_rows_come_back_typed_and_traceable(warehouse: Warehouse) -> None:
    batch_id = prepared(warehouse, 1)

    read = clean.read(warehouse, TINY)

    assert list(read.columns) == ["_batch_id", "_row", "_partition", *TINY.names]
    assert read["_batch_id"].tolist() == [batch_id] * 3
    assert read["_row"].tolist() == [0, 1, 2]
    assert read["Length"].tolist() == [1.5, 2.5, 3.5]
    assert math.isnan(read["Count"][1])
    assert read["Colour"].tolist() == ["red", None, "it's \\ ü"]
    assert read["Kind"].tolist() == ["0", "1", "2"]


def test_numbers_keep_every_bit(warehouse: Warehouse) -> None:
    numbers = [0.1, 1 / 3, 1e-300, 1.7976931348623157e308, -0.0, 123456789.123456789, 5e-324]
    batch_id = stored(warehouse, 1)
    frame = pd.DataFrame({"Length": numbers, "Count": 1.0, "Colour": "red", "Kind": "0", "_partition": "train"})

    clean.store(warehouse, TINY, batch_id, frame.assign(_row=range(len(numbers))))

    assert clean.read(warehouse, TINY)["Length"].tolist() == numbers


def test_storing_a_batch_again_replaces_its_rows_only(warehouse: Warehouse) -> None:
    first, second = prepared(warehouse, 1), prepared(warehouse, 2)
    half = clean.read(warehouse, TINY, batch_ids=[first]).drop(columns="_batch_id").head(1)

    clean.store(warehouse, TINY, first, half)
    clean.store(warehouse, TINY, first, half)

    assert clean.read(warehouse, TINY)["_batch_id"].tolist() == [first, second, second, second]


def test_a_batch_that_cleaning_emptied_is_stored_as_no_rows(warehouse: Warehouse) -> None:
    batch_id = prepared(warehouse, 1)

    clean.store(warehouse, TINY, batch_id, clean.read(warehouse, TINY).head(0))

    assert clean.read(warehouse, TINY).empty


def test_rows_are_read_by_partition_batch_and_column(warehouse: Warehouse) -> None:
    prepared(warehouse, 1)
    windows.begin_cycle(warehouse, *FEED, NOW)
    second = prepared(warehouse, 1)

    assert clean.read(warehouse, TINY, batch_ids=[second], partitions=["test"])["_row"].tolist() == [2]
    picked = clean.read(warehouse, TINY, batch_ids=[second], columns=["Colour"])
    assert list(picked.columns) == ["_batch_id", "_row", "_partition", "Colour"]
    assert clean.read(warehouse, TINY, batch_ids=[]).empty


def test_another_definition_has_its_table_built_from_raw(warehouse: Warehouse) -> None:
    first, second = prepared(warehouse, 1), prepared(warehouse, 2)

    def only_red(frame: pd.DataFrame) -> pd.DataFrame:
        return cleaned(frame[frame["Colour"] == "red"], wider())

    assert clean.ensure(warehouse, wider()) is False
    assert clean.digest_of(warehouse, TINY) == TINY.digest
    from telar.adapters.warehouse import raw

    raw.ensure(warehouse, wider())
    assert clean.ensure(warehouse, wider(), only_red) is True

    read = clean.read(warehouse, wider())
    assert read["_batch_id"].tolist() == [first, second]
    assert read["Weight"].isna().all()
    assert clean.digest_of(warehouse, wider()) == wider().digest
    assert [batches.get(warehouse, each).clean_rows for each in (first, second)] == [1, 1]


def test_a_table_of_the_same_definition_is_left_alone(warehouse: Warehouse) -> None:
    prepared(warehouse, 1)

    def never(_: pd.DataFrame) -> pd.DataFrame:
        raise AssertionError("rebuilt without need")

    assert clean.ensure(warehouse, TINY, never) is True


def test_a_run_of_another_definition_cannot_store_into_the_table(warehouse: Warehouse) -> None:
    batch_id = prepared(warehouse, 1)

    with pytest.raises(NotMigrated, match=TINY.digest):
        clean.store(warehouse, wider(), batch_id, clean.read(warehouse, TINY).assign(Weight=1.0))


@pytest.mark.parametrize("place", ["rebuild_batch", "rebuild_swap"])
def test_a_killed_rebuild_leaves_the_old_table_and_goes_on(
    warehouse: Warehouse, database: TestDatabase, place: str
) -> None:
    ids = [prepared(warehouse, number) for number in (1, 2, 3)]
    script = textwrap.dedent(
        f"""
        import os, signal
        from telar.adapters.warehouse import clean, open_warehouse, raw
        from tests.integration.warehouse.making import cleaned
        from tests.integration.warehouse.test_clean import wider

        def reach(name):
            if name == {place!r}:
                os.kill(os.getpid(), signal.SIGKILL)

        warehouse = open_warehouse(os.environ["TEST_URL"])
        raw.ensure(warehouse, wider())
        clean.ensure(warehouse, wider(), lambda frame: cleaned(frame, wider()), reach)
        """
    )
    environment = {**os.environ, "TEST_URL": database.pipeline_url.get_secret_value()}

    killed = subprocess.run([sys.executable, "-c", script], env=environment, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert set(clean.read(warehouse, TINY)["_batch_id"]) == set(ids)

    built: list[int] = []

    def count(frame: pd.DataFrame) -> pd.DataFrame:
        built.append(len(frame))
        return cleaned(frame, wider())

    assert clean.ensure(warehouse, wider(), count) is True
    assert len(built) == (2 if place == "rebuild_batch" else 0)
    assert set(clean.read(warehouse, wider())["_batch_id"]) == set(ids)
    with warehouse.begin() as connection:
        schema = warehouse.names.schema("clean")
        assert sorted(sa.inspect(connection).get_table_names(schema=schema)) == ["tiny"]


def test_a_table_that_was_dropped_is_built_again(warehouse: Warehouse) -> None:
    prepared(warehouse, 1)
    with warehouse.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {warehouse.names.schema('clean')}.tiny")

    clean.ensure(warehouse, TINY, cleaned)

    assert len(clean.read(warehouse, TINY)) == 3
