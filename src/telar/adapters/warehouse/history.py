"""What the portal reads of the past: batches, decisions, promotions, runs and where rows came from; newest first."""

from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from telar.adapters.warehouse import tables
from telar.adapters.warehouse.connection import Warehouse
from telar.adapters.warehouse.history_lines import BatchLine, DecisionLine, PromotionLine, RunLine, StoredOrigin
from telar.domain.decisions import Check
from telar.domain.lifecycle import Provenance


def answers(warehouse: Warehouse) -> None:
    """Selects 1; WarehouseUnavailable where nobody answers."""
    _read(warehouse, sa.select(sa.literal(1)))


def use_cases(warehouse: Warehouse) -> list[str]:
    """Every use case of which a batch, a run or a promotion is known, by name."""
    kept = (tables.batches, tables.runs, tables.promotions)
    return sorted(row["use_case"] for row in _read(warehouse, sa.union(*(sa.select(t.c.use_case) for t in kept))))


def stored_origins(warehouse: Warehouse) -> list[StoredOrigin]:
    """Where the stored rows of every use case came from; lost batches brought none and are left out."""
    b = tables.batches.c
    last = sa.func.max(b.received_at, type_=b.received_at.type).label("last_received_at")
    found = _read(
        warehouse,
        sa.select(
            b.use_case,
            b.provenance,
            b.origin,
            sa.func.count().label("batches"),
            sa.func.coalesce(sa.func.sum(b.total_records), 0).label("rows"),
            last,
        )
        .where(b.provenance.is_not(None), b.received_at.is_not(None))
        .group_by(b.use_case, b.provenance, b.origin)
        .order_by(b.use_case, last.desc()),
    )
    return [
        StoredOrigin(**{**row, "provenance": Provenance(row["provenance"]), "rows": int(row["rows"])}) for row in found
    ]


def trained_on(warehouse: Warehouse, use_case: str, version: str) -> tuple[Provenance, ...]:
    """Where the rows came from that a version was trained on: its batch and those before it in the same cycle.

    Empty where this warehouse knows no batch that led to the version.
    """
    batch, led = tables.batches.alias("batch"), tables.batches.alias("led")
    same = [batch.c[name] == led.c[name] for name in ("use_case", "source", "group_number", "cycle")]
    found = _read(
        warehouse,
        sa.select(batch.c.provenance)
        .distinct()
        .join_from(batch, led, sa.and_(*same, batch.c.batch_number <= led.c.batch_number))
        .where(led.c.use_case == use_case, led.c.model_version == version, batch.c.provenance.is_not(None)),
    )
    return tuple(sorted(Provenance(row["provenance"]) for row in found))


def batches(warehouse: Warehouse, use_case: str | None, most: int) -> list[BatchLine]:
    """The newest batches, of one use case or of all (None)."""
    b = tables.batches.c
    columns = [b[each.name] for each in fields(BatchLine)]
    found = _read(warehouse, _newest(sa.select(*columns), b.use_case, use_case, b.id, most))
    return [
        BatchLine(**{**row, "provenance": Provenance(row["provenance"]) if row["provenance"] else None})
        for row in found
    ]


def decisions(warehouse: Warehouse, use_case: str | None, most: int) -> list[DecisionLine]:
    """The newest decisions, of one use case or of all (None)."""
    d, b = tables.decisions.c, tables.batches.c
    wanted = sa.select(d.id, d.use_case, b.cycle, b.batch_number, d.kind, d.choice, d.reason, d.checks, d.created_at)
    joined = wanted.join_from(tables.decisions, tables.batches, d.batch_id == b.id, isouter=True)
    return [
        DecisionLine(**{**row, "checks": tuple(Check.model_validate(check) for check in row["checks"])})
        for row in _read(warehouse, _newest(joined, d.use_case, use_case, d.id, most))
    ]


def promotions(warehouse: Warehouse, use_case: str | None, most: int) -> list[PromotionLine]:
    """The newest lines of the ledger, of one use case or of all (None)."""
    p = tables.promotions.c
    wanted = sa.select(*(p[each.name] for each in fields(PromotionLine)))
    return [PromotionLine(**row) for row in _read(warehouse, _newest(wanted, p.use_case, use_case, p.id, most))]


def runs(warehouse: Warehouse, use_case: str | None, most: int) -> list[RunLine]:
    """The runs that began last, of one use case or of all (None)."""
    r, b = tables.runs.c, tables.batches.c
    own = [r[each.name] for each in fields(RunLine) if each.name != "batch_number"]
    joined = sa.select(*own, b.batch_number).join_from(tables.runs, tables.batches, r.batch_id == b.id, isouter=True)
    return [RunLine(**row) for row in _read(warehouse, _newest(joined, r.use_case, use_case, r.started_at, most))]


def _newest(
    wanted: sa.Select[Any], column: sa.Column[Any], use_case: str | None, order: sa.Column[Any], most: int
) -> sa.Select[Any]:
    if use_case is not None:
        wanted = wanted.where(column == use_case)
    return wanted.order_by(order.desc()).limit(most)


def _read(warehouse: Warehouse, wanted: sa.Executable) -> list[dict[str, Any]]:
    with warehouse.engine.connect() as connection:
        return [dict(row) for row in connection.execute(wanted).mappings()]
