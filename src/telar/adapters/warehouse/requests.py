"""`ops.requests`: every question to the upstream, committed before it is sent."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from telar.adapters.warehouse.connection import Warehouse
from telar.adapters.warehouse.tables import requests
from telar.domain.lifecycle import RequestOutcome


@dataclass(frozen=True)
class RequestRow:
    """One request; ``outcome`` None means that it was sent and never heard of again."""

    id: int
    use_case: str
    source: str
    group_number: int
    cycle: int
    run_id: str
    requested_at: datetime
    answered_at: datetime | None
    outcome: str | None
    batch_id: int | None
    status_code: int | None
    error: str | None


def finish(
    warehouse: Warehouse,
    request_id: int,
    outcome: RequestOutcome,
    status_code: int | None = None,
    error: str | None = None,
    batch_id: int | None = None,
) -> None:
    """Say how a request ended."""
    values = {"outcome": outcome.value, "status_code": status_code, "error": error, "batch_id": batch_id}
    with warehouse.begin() as connection:
        row = requests.update().where(requests.c.id == request_id)
        connection.execute(row.values(**values, answered_at=datetime.now(UTC)))


def in_cycle(warehouse: Warehouse, use_case: str, source: str, group: int, cycle: int) -> list[RequestRow]:
    """Every request of one cycle, the oldest first."""
    question = sa.select(requests).where(
        requests.c.use_case == use_case,
        requests.c.source == source,
        requests.c.group_number == group,
        requests.c.cycle == cycle,
    )
    with warehouse.begin() as connection:
        return [RequestRow(**row._mapping) for row in connection.execute(question.order_by(requests.c.id))]
