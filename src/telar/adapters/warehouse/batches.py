"""`ops.batches`: every batch that came or was lost, exactly once, with what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row

from telar.adapters.warehouse import bulk, raw, tables, windows
from telar.adapters.warehouse.connection import Warehouse, insert_one
from telar.adapters.warehouse.tables import batches, requests
from telar.adapters.warehouse.windows import Reserved
from telar.domain.answer import Answer, SourceDescription
from telar.domain.errors import WarehouseError
from telar.domain.lifecycle import BatchStatus, RequestOutcome
from telar.domain.use_case import UseCase

_STORED = (BatchStatus.STORED.value, BatchStatus.PREPARED.value, BatchStatus.REFUSED.value)


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


def store(
    warehouse: Warehouse,
    use_case: UseCase,
    request_id: int,
    reserved: Reserved,
    answer: Answer,
    description: SourceDescription,
    run_id: str,
    reach: bulk.Reach = bulk.pass_by,
) -> int | None:
    """Store one answer: raw rows, batch, request and window in one transaction; the batch's id.

    None when that number is already stored in this cycle: then only the request says so. A jump in the numbers
    leaves a ``lost_upstream`` row for each number jumped. ``reach`` names ``bulk_load`` and ``before_commit``.
    """
    with warehouse.begin() as connection:
        window = windows.locked(connection, reserved.use_case, reserved.source, reserved.group_number)
        known = _find(connection, reserved, answer.batch_number)
        if known is not None and known.status in _STORED:
            _answered(connection, request_id, answer, RequestOutcome.ALREADY_STORED, known.id)
            return None
        batch_id = _write(connection, known, _values(reserved, request_id, answer, description, run_id))
        raw.load(connection, use_case, batch_id, answer, reach)
        if window.cycle == reserved.cycle:
            last = window.last_batch_number
            _mark_jumped(connection, reserved, last, answer.batch_number, run_id)
            windows.change(
                connection,
                *(reserved.use_case, reserved.source, reserved.group_number),
                last_batch_number=max(last or 0, answer.batch_number),
            )
        _answered(connection, request_id, answer, RequestOutcome.STORED, batch_id)
        reach("before_commit")
        return batch_id


def mark_lost(warehouse: Warehouse, reserved: Reserved, numbers: Iterable[int], run_id: str) -> None:
    """A row with status ``lost_upstream`` for each of these numbers that has none. Idempotent."""
    with warehouse.begin() as connection:
        windows.locked(connection, reserved.use_case, reserved.source, reserved.group_number)
        _mark_lost(connection, reserved, numbers, run_id)


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
    """The batch with rows that this run stored; None where it has stored none."""
    found = _read(warehouse, batches.c.use_case == use_case, batches.c.run_id == run_id, batches.c.status.in_(_STORED))
    return found[-1] if found else None


def previous(warehouse: Warehouse, batch_id: int) -> BatchRow | None:
    """The batch with rows before this one from the same source and group, of an earlier cycle where need be."""
    here = get(warehouse, batch_id)
    earlier = sa.or_(
        batches.c.cycle < here.cycle,
        sa.and_(batches.c.cycle == here.cycle, batches.c.batch_number < here.batch_number),
    )
    found = _read(warehouse, _same_source(here), earlier, batches.c.status.in_(_STORED))
    return found[-1] if found else None


def in_cycle(warehouse: Warehouse, batch_id: int) -> list[BatchRow]:
    """The batches with rows of the same source, group and cycle as this one, itself included, by their number."""
    here = get(warehouse, batch_id)
    return _read(warehouse, _same_source(here), batches.c.cycle == here.cycle, batches.c.status.in_(_STORED))


def pending(
    warehouse: Warehouse,
    use_case: str,
    cycle: int | None = None,
    source: str | None = None,
    group: int | None = None,
) -> list[BatchRow]:
    """Prepared batches that no training has used; ``cycle`` is by default each source and group's current one."""
    table = tables.windows
    current = sa.select(table.c.cycle).where(
        table.c.use_case == batches.c.use_case,
        table.c.source == batches.c.source,
        table.c.group_number == batches.c.group_number,
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


def mark_trained(warehouse: Warehouse, batch_ids: Sequence[int], run_id: str) -> None:
    """The batches are pending no more: the training of ``run_id`` used them."""
    with warehouse.begin() as connection:
        rows = batches.update().where(batches.c.id.in_(batch_ids), batches.c.trained_run_id.is_(None))
        connection.execute(rows.values(trained_run_id=run_id))


def _find(connection: Connection, reserved: Reserved, number: int) -> "Row[int, str] | None":
    return connection.execute(sa.select(batches.c.id, batches.c.status).where(_is(reserved, number))).first()


def _write(connection: Connection, known: "Row[int, str] | None", values: dict[str, object]) -> int:
    """A new row, or the row of a batch that was taken for lost."""
    if known is None:
        return insert_one(connection, batches, values)
    connection.execute(batches.update().where(batches.c.id == known.id).values(**values))
    return int(known.id)


def _values(
    reserved: Reserved, request_id: int, answer: Answer, description: SourceDescription, run_id: str
) -> dict[str, object]:
    return {
        **_identity(reserved, answer.batch_number),
        "request_id": request_id,
        "run_id": run_id,
        "provenance": description.provenance.value,
        "origin": description.origin,
        "status": BatchStatus.STORED.value,
        "requested_at": answer.requested_at,
        "received_at": answer.received_at,
        "total_records": len(answer.rows),
        "payload_sha256": answer.payload_sha256,
        "schema_received": list(answer.columns),
    }


def _answered(connection: Connection, request_id: int, answer: Answer, outcome: RequestOutcome, batch_id: int) -> None:
    values = {"outcome": outcome.value, "answered_at": answer.received_at, "batch_id": batch_id, "status_code": 200}
    connection.execute(requests.update().where(requests.c.id == request_id).values(**values))


def _mark_jumped(connection: Connection, reserved: Reserved, last: int | None, number: int, run_id: str) -> None:
    _mark_lost(connection, reserved, range((last or 0) + 1, number), run_id)


def _mark_lost(connection: Connection, reserved: Reserved, numbers: Iterable[int], run_id: str) -> None:
    rows = [
        {**_identity(reserved, number), "run_id": run_id, "status": BatchStatus.LOST_UPSTREAM.value, "reason": _LOST}
        for number in numbers
        if _find(connection, reserved, number) is None
    ]
    if rows:
        connection.execute(batches.insert(), [{**row, "finished_at": datetime.now(UTC)} for row in rows])


_LOST = "the upstream handed this batch out, and its answer was never stored: the upstream does not repeat it"


def _identity(reserved: Reserved, number: int) -> dict[str, object]:
    return {
        "use_case": reserved.use_case,
        "source": reserved.source,
        "group_number": reserved.group_number,
        "cycle": reserved.cycle,
        "batch_number": number,
    }


def _is(reserved: Reserved, number: int) -> ColumnElement[bool]:
    return sa.and_(*(batches.c[name] == value for name, value in _identity(reserved, number).items()))


def _same_source(row: BatchRow) -> ColumnElement[bool]:
    names = ("use_case", "source", "group_number")
    return sa.and_(*(batches.c[name] == getattr(row, name) for name in names))


def _read(warehouse: Warehouse, *conditions: ColumnElement[bool]) -> list[BatchRow]:
    question = sa.select(batches).where(*conditions).order_by(batches.c.cycle, batches.c.batch_number, batches.c.id)
    with warehouse.begin() as connection:
        return [BatchRow(**row._mapping) for row in connection.execute(question)]
