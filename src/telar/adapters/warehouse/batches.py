"""`ops.batches`: every batch that came or was lost, exactly once, with what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from telar.adapters.warehouse.connection import Warehouse
from telar.adapters.warehouse.storing import EVER_WITH_ROWS, WITH_ROWS, mark_lost, store
from telar.adapters.warehouse.tables import batches, windows
from telar.domain.errors import WarehouseError
from telar.domain.lifecycle import BatchStatus
from telar.domain.partitions import HELD_OUT, TRAIN, feed_of, partition_of

__all__ = [
    "BatchRow",
    "get",
    "held_out",
    "in_cycle",
    "later_of",
    "mark_lost",
    "mark_trained",
    "newest",
    "of_run",
    "pending",
    "previous",
    "reopen",
    "store",
    "update",
]


@dataclass(frozen=True)
class BatchRow:
    """One row of `ops.batches`; a lost batch has neither rows nor times."""

    id: int
    use_case: str
    source: str
    group_number: int
    cycle: int
    batch_number: int
    request_id: int | None
    run_id: str
    provenance: str | None
    origin: str | None
    status: str
    requested_at: datetime | None
    received_at: datetime | None
    total_records: int | None
    payload_sha256: str | None
    schema_received: Any
    validations: Any
    new_categories: Any
    profile: Any
    clean_rows: int | None
    train_rows: int | None
    decision: str | None
    outcome: str | None
    reason: str | None
    error: str | None
    model_version: str | None
    mlflow_run_id: str | None
    trained_run_id: str | None
    finished_at: datetime | None


_CHANGEABLE = frozenset(field.name for field in fields(BatchRow)) - {"id", "use_case", "source", "group_number"}


def get(warehouse: Warehouse, batch_id: int) -> BatchRow:
    """The batch of that id.

    Raises:
        WarehouseError: there is none.
    """
    found = _read(warehouse, batches.c.id == batch_id)
    if not found:
        raise WarehouseError(f"there is no batch {batch_id}; `SELECT batch_id FROM batch_status` lists them")
    return found[0]


def of_run(warehouse: Warehouse, use_case: str, run_id: str) -> BatchRow | None:
    """The batch that this run stored, one of the training part; None where it has stored none."""
    of_this = (batches.c.use_case == use_case, batches.c.run_id == run_id)
    found = _read(warehouse, *of_this, batches.c.source.not_like("%/%"), batches.c.status.in_(EVER_WITH_ROWS))
    return found[-1] if found else None


def held_out(warehouse: Warehouse, batch_id: int) -> list[BatchRow]:
    """The batches of the other parts of the same cycle, where the batch is of a training part that was split off."""
    here = get(warehouse, batch_id)
    if partition_of(here.source) != TRAIN:
        return []
    same = (batches.c[name] == getattr(here, name) for name in ("use_case", "group_number", "cycle"))
    others = batches.c.source.in_([feed_of(here.source, part) for part in HELD_OUT])
    return _read(warehouse, *same, others, batches.c.status.in_(WITH_ROWS))


def previous(warehouse: Warehouse, batch_id: int) -> BatchRow | None:
    """The batch before this one that brought rows, of the same source and group, of an earlier cycle where need be."""
    here = get(warehouse, batch_id)
    earlier = sa.or_(
        batches.c.cycle < here.cycle,
        sa.and_(batches.c.cycle == here.cycle, batches.c.batch_number < here.batch_number),
    )
    found = _read(warehouse, _same_source(here), earlier, batches.c.status.in_(EVER_WITH_ROWS))
    return found[-1] if found else None


def later_of(warehouse: Warehouse, batch_id: int, other_id: int) -> int:
    """The later of two batches; the first where the other is of another feed, has no clean rows or is not there."""
    here = get(warehouse, batch_id)
    other = _read(
        warehouse, batches.c.id == other_id, _same_source(here), batches.c.status == BatchStatus.PREPARED.value
    )
    return max([here, *other], key=lambda batch: (batch.cycle, batch.batch_number)).id


def newest(warehouse: Warehouse, use_case: str, source: str, group: int, cycle: int) -> BatchRow | None:
    """The last prepared batch of that cycle; None where there is none yet."""
    feed = (batches.c.use_case == use_case, batches.c.source == source, batches.c.group_number == group)
    found = _read(warehouse, *feed, batches.c.cycle == cycle, batches.c.status == BatchStatus.PREPARED.value)
    return found[-1] if found else None


def in_cycle(warehouse: Warehouse, batch_id: int) -> list[BatchRow]:
    """The batches with rows of the same source, group and cycle as this one, itself included, by their number."""
    here = get(warehouse, batch_id)
    return _read(warehouse, _same_source(here), batches.c.cycle == here.cycle, batches.c.status.in_(WITH_ROWS))


def pending(
    warehouse: Warehouse,
    use_case: str,
    cycle: int | None = None,
    source: str | None = None,
    group: int | None = None,
) -> list[BatchRow]:
    """Prepared batches that no training has used; ``cycle`` is by default each source and group's current one."""
    current = sa.select(windows.c.cycle).where(
        windows.c.use_case == batches.c.use_case,
        windows.c.source == batches.c.source,
        windows.c.group_number == batches.c.group_number,
    )
    conditions: list[ColumnElement[bool]] = [
        batches.c.use_case == use_case,
        batches.c.status == BatchStatus.PREPARED.value,
        batches.c.trained_run_id.is_(None),
        batches.c.cycle == (current.scalar_subquery() if cycle is None else cycle),
    ]
    if source is not None:
        conditions.append(batches.c.source == source)
    if group is not None:
        conditions.append(batches.c.group_number == group)
    return _read(warehouse, *conditions)


def update(warehouse: Warehouse, batch_id: int, **values: object) -> None:
    """Set fields of one batch; its identity stays.

    Raises:
        WarehouseError: no such field.
    """
    if unknown := sorted(set(values) - _CHANGEABLE):
        raise WarehouseError(f"ops.batches has no field {unknown} to set; it has {sorted(_CHANGEABLE)}")
    with warehouse.begin() as connection:
        connection.execute(batches.update().where(batches.c.id == batch_id).values(**values))


def reopen(warehouse: Warehouse, batch_id: int) -> None:
    """Its run is under way again: one that failed may go on much later, and needs the rows of its cycle until then."""
    update(warehouse, batch_id, finished_at=None)


def mark_trained(warehouse: Warehouse, batch_ids: Sequence[int], run_id: str) -> None:
    """The batches are pending no more: the training of ``run_id`` used them."""
    with warehouse.begin() as connection:
        rows = batches.update().where(batches.c.id.in_(batch_ids), batches.c.trained_run_id.is_(None))
        connection.execute(rows.values(trained_run_id=run_id))


def _same_source(row: BatchRow) -> ColumnElement[bool]:
    names = ("use_case", "source", "group_number")
    return sa.and_(*(batches.c[name] == getattr(row, name) for name in names))


def _read(warehouse: Warehouse, *conditions: ColumnElement[bool]) -> list[BatchRow]:
    question = sa.select(batches).where(*conditions).order_by(batches.c.cycle, batches.c.batch_number, batches.c.id)
    with warehouse.begin() as connection:
        return [BatchRow(**row._mapping) for row in connection.execute(question)]
