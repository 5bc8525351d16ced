"""`ops.runs`: how every pipeline run ended, those without a batch too."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects import mysql, postgresql

from telar.adapters.warehouse.connection import Warehouse
from telar.adapters.warehouse.tables import runs
from telar.domain.lifecycle import Outcome


@dataclass(frozen=True)
class RunRow:
    """One pipeline run of one use case; ``outcome`` None means that it runs, or was killed."""

    run_id: str
    use_case: str
    kind: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    reason: str | None
    error: str | None
    batch_id: int | None


def start(warehouse: Warehouse, use_case: str, run_id: str, kind: str) -> None:
    """Note that a run has begun; a run that begins again keeps its first time."""
    values = {"run_id": run_id, "use_case": use_case, "kind": kind, "started_at": datetime.now(UTC)}
    with warehouse.begin() as connection:
        if warehouse.dialect == "mysql":
            connection.execute(mysql.insert(runs).values(**values).on_duplicate_key_update(kind=kind))
        else:
            connection.execute(postgresql.insert(runs).values(**values).on_conflict_do_nothing())


def finish(
    warehouse: Warehouse,
    use_case: str,
    run_id: str,
    outcome: Outcome,
    reason: str | None = None,
    error: str | None = None,
    batch_id: int | None = None,
) -> None:
    """Note how the run ended; the last word counts."""
    values = {"outcome": outcome.value, "reason": reason, "error": error, "batch_id": batch_id}
    with warehouse.begin() as connection:
        row = runs.update().where(_is(use_case, run_id))
        connection.execute(row.values(**values, finished_at=datetime.now(UTC)))


def get(warehouse: Warehouse, use_case: str, run_id: str) -> RunRow | None:
    """The run of that id."""
    with warehouse.begin() as connection:
        row = connection.execute(sa.select(runs).where(_is(use_case, run_id))).first()
    return RunRow(**row._mapping) if row else None


def _is(use_case: str, run_id: str) -> ColumnElement[bool]:
    return sa.and_(runs.c.use_case == use_case, runs.c.run_id == run_id)
