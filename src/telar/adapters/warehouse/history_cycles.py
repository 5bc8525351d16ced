"""How far every source was read, cycle by cycle: what the portal shows of partitions and of sources begun again."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from telar.adapters.warehouse import tables
from telar.adapters.warehouse.connection import Warehouse
from telar.adapters.warehouse.history_lines import CycleLine
from telar.adapters.warehouse.storing import WITH_ROWS
from telar.domain.lifecycle import BatchStatus
from telar.domain.partitions import PARTITIONS, TRAIN, partition_of

Key = tuple[str, str, int, int]  # use case, source, group, cycle
KEY = ("use_case", "source", "group_number", "cycle")
_ORDER = {part: place for place, part in enumerate(PARTITIONS)}


def cycles(warehouse: Warehouse, use_case: str | None = None) -> list[CycleLine]:
    """Every cycle of every source, of one use case or of all (None): the newest first, the training part on top."""
    with warehouse.engine.connect() as connection:
        stored = _by_key(connection.execute(_of(_stored(), tables.batches, use_case)).mappings())
        began = _by_key(connection.execute(_of(_began(), tables.requests, use_case)).mappings())
        split = _by_key(connection.execute(_of(sa.select(tables.splits), tables.splits, use_case)).mappings())
        present = _by_key(connection.execute(_of(sa.select(tables.windows), tables.windows, use_case)).mappings())
    keys = sorted({*stored, *began, *present}, key=_order)
    return [_line(key, stored.get(key, {}), began.get(key, {}), split, key in present) for key in keys]


def _order(key: Key) -> tuple[str, int, int, str]:
    return key[0], -key[3], _ORDER[partition_of(key[1]) or TRAIN], key[1]


def _line(key: Key, stored: Any, began: Any, split: dict[Key, Any], present: bool) -> CycleLine:  # noqa: ANN401
    return CycleLine(
        use_case=key[0],
        source=key[1],
        cycle=key[3],
        began_at=began.get("began_at"),
        part_rows=_part_rows(key, split),
        present=present,
        cleared=bool(stored.get("cleared")),
        **{name: int(stored.get(name) or 0) for name in ("batches", "rows", "clean_rows", "largest", "lost")},
    )


def _part_rows(key: Key, split: dict[Key, Any]) -> int | None:
    """The split is stored once, under the name of the training part's feed."""
    feed, _, _ = key[1].partition("/")
    found = split.get((key[0], feed, key[2], key[3]))
    part = partition_of(key[1])
    return int(found[f"{part}_rows"]) if found and part else None


def _stored() -> sa.Select[Any]:
    b = tables.batches.c
    cleared = BatchStatus.CLEARED.value
    with_rows = b.status.in_((*WITH_ROWS, cleared))
    return sa.select(
        *(b[name] for name in KEY),
        _count(with_rows).label("batches"),
        sa.func.sum(b.total_records).label("rows"),
        sa.func.sum(b.clean_rows).label("clean_rows"),
        sa.func.max(b.total_records).label("largest"),
        _count(b.status == BatchStatus.LOST_UPSTREAM.value).label("lost"),
        _count(b.status == cleared).label("cleared"),
    ).group_by(*(b[name] for name in KEY))


def _began() -> sa.Select[Any]:
    r = tables.requests.c
    first = sa.func.min(r.requested_at, type_=r.requested_at.type).label("began_at")
    return sa.select(*(r[name] for name in KEY), first).group_by(*(r[name] for name in KEY))


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count(sa.case((condition, 1)))


def _of(wanted: sa.Select[Any], table: sa.Table, use_case: str | None) -> sa.Select[Any]:
    return wanted if use_case is None else wanted.where(table.c.use_case == use_case)


def _by_key(rows: Iterable[Any]) -> dict[Key, Any]:
    return {(row["use_case"], row["source"], row["group_number"], row["cycle"]): row for row in rows}
