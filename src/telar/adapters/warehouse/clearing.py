"""The rows of former cycles, cleared when an upstream was begun again: clean rows always, raw rows where asked."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from telar.adapters.warehouse import bulk, clean, generated, locks
from telar.adapters.warehouse.connection import Warehouse, real_schema
from telar.adapters.warehouse.generated import BATCH_ID
from telar.adapters.warehouse.names import CLEAN, RAW
from telar.adapters.warehouse.storing import WITH_ROWS
from telar.adapters.warehouse.tables import batches
from telar.domain.lifecycle import BatchStatus
from telar.domain.use_case import UseCase


def clear_cycles(
    warehouse: Warehouse,
    use_case: UseCase,
    feed: tuple[str, str, int],
    before: int,
    keep_raw: bool,
    reach: bulk.Reach = bulk.pass_by,
) -> list[int]:
    """Clear what belongs to cycles before ``before``, in one transaction; the ids of the batches cleared.

    While the run of one of its batches is under way, the last of them keeps all its rows until the next call: a
    training needs the whole cycle up to its batch. The records of the batches stay, with status ``cleared``.
    ``reach`` names ``clearing``.
    """
    if not _former(warehouse, feed, before):
        return []
    with locks.lock(warehouse, clean.lock_name(use_case)), warehouse.begin() as connection:
        found = list(connection.execute(_question(feed, before)).scalars())
        for schema in (CLEAN,) if keep_raw else (CLEAN, RAW):
            _delete(connection, schema, use_case.name, found)
        reach("clearing")
        cleared = batches.update().where(batches.c.id.in_(found))
        connection.execute(cleared.values(status=BatchStatus.CLEARED.value))
    return found


def _former(warehouse: Warehouse, feed: tuple[str, str, int], before: int) -> list[int]:
    with warehouse.begin() as connection:
        return list(connection.execute(_question(feed, before)).scalars())


def _question(feed: tuple[str, str, int], before: int) -> "sa.Select[Any]":
    others = batches.alias()
    under_way = sa.select(others.c.cycle).where(
        *_with_rows(others, feed), others.c.cycle == before - 1, others.c.finished_at.is_(None)
    )
    former = (batches.c.cycle < before, batches.c.cycle.not_in(under_way))
    return sa.select(batches.c.id).where(*_with_rows(batches, feed), *former)


def _with_rows(rows: sa.FromClause, feed: tuple[str, str, int]) -> list[ColumnElement[bool]]:
    names = ("use_case", "source", "group_number")
    same = [rows.c[name] == value for name, value in zip(names, feed, strict=True)]
    return [*same, rows.c.status.in_(WITH_ROWS)]


def _delete(connection: Connection, schema: str, name: str, batch_ids: list[int]) -> None:
    if generated.exists(connection, schema, name):
        stored = sa.table(name, sa.column(BATCH_ID), schema=real_schema(connection, schema))
        connection.execute(stored.delete().where(stored.c[BATCH_ID].in_(batch_ids)))
