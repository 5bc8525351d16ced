"""`ops.promotions`: the history of the alias `production`; rows are only ever added, and no role may change one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import JsonValue

from telar.adapters.warehouse.connection import Warehouse, insert_one
from telar.adapters.warehouse.tables import promotions
from telar.domain.lifecycle import PromotionState

_CLOSING = (PromotionState.DONE.value, PromotionState.ABANDONED.value, PromotionState.REFUSED.value)
_SERVING = (PromotionState.DONE.value, PromotionState.EXTERNAL.value)


@dataclass(frozen=True)
class PromotionRow:
    """One line of the ledger."""

    id: int
    use_case: str
    version: str
    previous_version: str | None
    state: str
    actor: str
    run_id: str | None
    reason: str
    evidence: Any
    created_at: datetime


def append(
    warehouse: Warehouse,
    use_case: str,
    version: str,
    state: PromotionState,
    *,
    previous_version: str | None = None,
    actor: str,
    run_id: str | None,
    reason: str,
    evidence: Mapping[str, JsonValue],
) -> int:
    """Add a line; its id."""
    values = {
        "use_case": use_case,
        "version": version,
        "previous_version": previous_version,
        "state": state.value,
        "actor": actor,
        "run_id": run_id,
        "reason": reason,
        "evidence": dict(evidence),
        "created_at": datetime.now(UTC),
    }
    with warehouse.begin() as connection:
        return insert_one(connection, promotions, values)


def open_intentions(warehouse: Warehouse, use_case: str) -> list[PromotionRow]:
    """``intended`` lines that no later line of the same version closes, the oldest first."""
    later = promotions.alias("later")
    closed = sa.exists().where(
        later.c.use_case == promotions.c.use_case,
        later.c.version == promotions.c.version,
        later.c.id > promotions.c.id,
        later.c.state.in_(_CLOSING),
    )
    intended = promotions.c.state == PromotionState.INTENDED.value
    return _read(warehouse, sa.select(promotions).where(promotions.c.use_case == use_case, intended, ~closed))


def last_done(warehouse: Warehouse, use_case: str) -> PromotionRow | None:
    """The newest line that says what the alias holds: ``done`` or ``external``."""
    question = sa.select(promotions).where(promotions.c.use_case == use_case, promotions.c.state.in_(_SERVING))
    lines = _read(warehouse, question)
    return lines[-1] if lines else None


def history(warehouse: Warehouse, use_case: str) -> list[PromotionRow]:
    """Every line, the oldest first."""
    return _read(warehouse, sa.select(promotions).where(promotions.c.use_case == use_case))


def _read(warehouse: Warehouse, question: sa.Select[Any]) -> list[PromotionRow]:
    with warehouse.begin() as connection:
        return [PromotionRow(**row._mapping) for row in connection.execute(question.order_by(promotions.c.id))]
