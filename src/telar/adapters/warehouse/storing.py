"""One answer of the upstream into the warehouse: exactly once, whole or not at all, and what was lost on record."""

from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row

from telar.adapters.warehouse import bulk, raw, windows
from telar.adapters.warehouse.connection import Warehouse, insert_one
from telar.adapters.warehouse.tables import batches, requests
from telar.adapters.warehouse.windows import Reserved
from telar.domain.answer import Answer, SourceDescription
from telar.domain.lifecycle import BatchStatus, RequestOutcome
from telar.domain.use_case import UseCase

WITH_ROWS = (BatchStatus.STORED.value, BatchStatus.PREPARED.value, BatchStatus.REFUSED.value)
EVER_WITH_ROWS = (*WITH_ROWS, BatchStatus.CLEARED.value)
_LOST = "the upstream handed this batch out, and its answer was never stored: the upstream does not repeat it"


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
        if known is not None and known.status in EVER_WITH_ROWS:
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
        "reason": None,
        "finished_at": None,
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
