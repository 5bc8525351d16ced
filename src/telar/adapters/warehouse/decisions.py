"""`ops.decisions`: every choice with its reason, its figures and every check; rows are only ever added."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import BaseModel

from telar.adapters.warehouse.connection import Warehouse, insert_one
from telar.adapters.warehouse.tables import decisions
from telar.domain.decisions import Decision

Kind = Literal["train", "promote", "resume"]


@dataclass(frozen=True)
class DecisionRow:
    """One stored decision; ``figures`` recompute it, ``checks`` are the domain's Check as JSON."""

    id: int
    use_case: str
    batch_id: int | None
    run_id: str
    kind: str
    choice: str
    reason: str
    figures: Any
    checks: Any
    created_at: datetime


def record(
    warehouse: Warehouse,
    use_case: str,
    batch_id: int | None,
    run_id: str,
    kind: Kind,
    decision: Decision,
    figures: BaseModel,
) -> int:
    """Add a decision; its id."""
    values = {
        "use_case": use_case,
        "batch_id": batch_id,
        "run_id": run_id,
        "kind": kind,
        "choice": decision.choice,
        "reason": decision.reason,
        "figures": figures.model_dump(mode="json"),
        "checks": [check.model_dump(mode="json") for check in decision.checks],
        "created_at": datetime.now(UTC),
    }
    with warehouse.begin() as connection:
        return insert_one(connection, decisions, values)


def latest(
    warehouse: Warehouse, use_case: str, kind: Kind, batch_id: int | None = None, run_id: str | None = None
) -> DecisionRow | None:
    """The newest decision of that kind, of that batch and run where they are given."""
    question = sa.select(decisions).where(decisions.c.use_case == use_case, decisions.c.kind == kind)
    if batch_id is not None:
        question = question.where(decisions.c.batch_id == batch_id)
    if run_id is not None:
        question = question.where(decisions.c.run_id == run_id)
    with warehouse.begin() as connection:
        row = connection.execute(question.order_by(decisions.c.id.desc()).limit(1)).first()
    return DecisionRow(**row._mapping) if row else None
