"""`ops.comparisons`: how a batch differs from the batch before it, and from the rows that production knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import BaseModel

from telar.adapters.warehouse.connection import Warehouse, insert_one
from telar.adapters.warehouse.tables import comparisons

Kind = Literal["previous", "production"]


@dataclass(frozen=True)
class ComparisonRow:
    """One stored comparison; ``figures`` are the domain's Change or Shift, column by column, as JSON."""

    id: int
    batch_id: int
    kind: str
    reference: str | None
    figures: Any
    created_at: datetime


def record(warehouse: Warehouse, batch_id: int, kind: Kind, reference: str | None, figures: Sequence[BaseModel]) -> int:
    """Add a comparison with ``reference`` (a batch's id, a model's version; None where there was none); its id."""
    values = {
        "batch_id": batch_id,
        "kind": kind,
        "reference": reference,
        "figures": [figure.model_dump(mode="json") for figure in figures],
        "created_at": datetime.now(UTC),
    }
    with warehouse.begin() as connection:
        return insert_one(connection, comparisons, values)


def latest(warehouse: Warehouse, batch_id: int, kind: Kind) -> ComparisonRow | None:
    """The newest comparison of that kind of one batch."""
    question = sa.select(comparisons).where(comparisons.c.batch_id == batch_id, comparisons.c.kind == kind)
    with warehouse.begin() as connection:
        row = connection.execute(question.order_by(comparisons.c.id.desc()).limit(1)).first()
    return ComparisonRow(**row._mapping) if row else None
