"""The clean table of a new definition: built from raw beside the old one, batch by batch, then swapped by rename."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Connection, MetaData, Table

from telar.adapters.warehouse import bulk, generated, raw
from telar.adapters.warehouse.connection import Warehouse, quoted, real_schema
from telar.adapters.warehouse.generated import BATCH_ID, PARTITION
from telar.adapters.warehouse.names import CLEAN
from telar.adapters.warehouse.tables import batches
from telar.domain.lifecycle import BatchStatus
from telar.domain.use_case import UseCase

if TYPE_CHECKING:
    from pandas import DataFrame, Series
else:
    DataFrame = Series = Any

Transform = Callable[[DataFrame], DataFrame]


def has_rows_to_build(warehouse: Warehouse, use_case: UseCase) -> bool:
    """Whether any batch of the use case has clean rows somewhere, or had."""
    return bool(_wanted(warehouse, use_case))


def rebuild(
    warehouse: Warehouse, use_case: UseCase, target: Table, transform: Transform, reach: bulk.Reach = bulk.pass_by
) -> None:
    """Build ``target`` from raw and put it in place of the table of its name; goes on where a killed one stopped.

    The caller holds the lock of the use case's clean rows. ``reach`` names ``rebuild_batch``, ``rebuild_swap``.
    """
    beside = target.to_metadata(MetaData(), name=f"{target.name}__next")
    done = _start(warehouse, beside, use_case.digest)
    for batch_id in _wanted(warehouse, use_case):
        if batch_id not in done:
            put(warehouse, beside, batch_id, transform(raw.read(warehouse, use_case, batch_id)))
            reach("rebuild_batch")
    reach("rebuild_swap")
    with warehouse.begin() as connection:
        _count_anew(connection, beside, use_case)
        _swap(connection, target.name, beside.name)


def put(warehouse: Warehouse, target: Table, batch_id: int, frame: DataFrame) -> None:
    """Replace the rows of one batch in ``target`` by those of ``frame``, in one transaction."""
    names = [column.name for column in target.columns if column.name != BATCH_ID]
    with warehouse.begin() as connection:
        connection.execute(target.delete().where(target.c[BATCH_ID] == batch_id))
        bulk.load(connection, CLEAN, target.name, [BATCH_ID, *names], _cells(frame, names, batch_id))


def _cells(frame: DataFrame, names: list[str], batch_id: int) -> Iterator[tuple[bulk.Cell, ...]]:
    for start in range(0, len(frame), bulk.CHUNK_ROWS):
        piece = frame.iloc[start : start + bulk.CHUNK_ROWS]
        for row in zip(*(_without_gaps(piece[name]) for name in names), strict=True):
            yield (batch_id, *row)


def _without_gaps(series: Series) -> list[bulk.Cell]:
    values: list[bulk.Cell] = series.astype(object).where(series.notna(), None).tolist()
    return values


def _wanted(warehouse: Warehouse, use_case: UseCase) -> list[int]:
    """Batches that must be in the clean table: the prepared ones, and whatever the present table holds."""
    prepared = sa.select(batches.c.id).where(
        batches.c.use_case == use_case.name, batches.c.status == BatchStatus.PREPARED.value
    )
    with warehouse.begin() as connection:
        found = set(connection.execute(prepared).scalars())
        return sorted(found | _batches_in(connection, use_case.name))


def _start(warehouse: Warehouse, beside: Table, digest: str) -> set[int]:
    """Make the table beside, unless a killed rebuild of the same definition left it; the batches already in it."""
    with warehouse.begin() as connection:
        if generated.comment_of(connection, CLEAN, beside.name) != digest:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quoted(connection, CLEAN, beside.name)}")
            beside.create(connection)
        return _batches_in(connection, beside.name)


def _batches_in(connection: Connection, name: str) -> set[int]:
    if not generated.exists(connection, CLEAN, name):
        return set()
    stored = sa.table(name, sa.column(BATCH_ID), schema=real_schema(connection, CLEAN))
    return set(connection.execute(sa.select(stored.c[BATCH_ID]).distinct()).scalars())


def _count_anew(connection: Connection, beside: Table, use_case: UseCase) -> None:
    train = sa.func.count(sa.case((beside.c[PARTITION] == "train", 1)))
    question = sa.select(beside.c[BATCH_ID], sa.func.count(), train).group_by(beside.c[BATCH_ID])
    for batch_id, clean_rows, train_rows in connection.execute(question).all():
        change = batches.update().where(batches.c.id == batch_id, batches.c.use_case == use_case.name)
        connection.execute(change.values(clean_rows=clean_rows, train_rows=train_rows))


def _swap(connection: Connection, name: str, beside: str) -> None:
    """PostgreSQL in the transaction; MySQL by one RENAME that moves both tables at once."""
    present, coming = quoted(connection, CLEAN, name), quoted(connection, CLEAN, beside)
    if connection.dialect.name == "mysql":
        old = quoted(connection, CLEAN, f"{name}__old")
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {old}")
        moved = f"{present} TO {old}, " if generated.exists(connection, CLEAN, name) else ""
        connection.exec_driver_sql(f"RENAME TABLE {moved}{coming} TO {present}")
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {old}")
        return
    plain = connection.dialect.identifier_preparer.quote(name)
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {present}")
    connection.exec_driver_sql(f"ALTER TABLE {coming} RENAME TO {plain}")
