"""`ops.splits` and `ops.split_rows`: which row of a source's table is in which part, made once for each cycle."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from telar.adapters.warehouse import bulk, locks
from telar.adapters.warehouse.connection import Warehouse, insert_one
from telar.adapters.warehouse.names import OPS
from telar.adapters.warehouse.tables import split_rows, splits
from telar.domain.errors import SourceRefused
from telar.domain.partitions import PARTITIONS, Partition
from telar.domain.splitting import Split

Make = Callable[[], Split]


def keep(
    warehouse: Warehouse,
    feed: tuple[str, str, int],
    cycle: int,
    rows_sha256: str,
    make: Make,
    reach: bulk.Reach = bulk.pass_by,
) -> list[Partition]:
    """The parts stored for this feed (use case, source, group) and cycle; made and stored first where there are none.

    ``reach`` names ``before_commit``.

    Raises:
        SourceRefused: the table is another than the one that was split.
    """
    if (known := _stored(warehouse, feed, cycle, rows_sha256)) is not None:
        return known
    with locks.lock(warehouse, f"split {feed}"):
        if (known := _stored(warehouse, feed, cycle, rows_sha256)) is not None:
            return known
        made = make()
        with warehouse.begin() as connection:
            _store(connection, feed, cycle, rows_sha256, made)
            reach("before_commit")
        return list(made.parts)


def _stored(warehouse: Warehouse, feed: tuple[str, str, int], cycle: int, rows_sha256: str) -> list[Partition] | None:
    with warehouse.begin() as connection:
        question = sa.select(splits.c.id, splits.c.rows_sha256)
        found = connection.execute(question.where(*_is(feed, cycle))).first()
        if found is None:
            return None
        if found.rows_sha256 != rows_sha256:
            raise SourceRefused(
                f"the table of {feed[0]} is not the one that was split for cycle {cycle}: its rows have changed since. "
                "Run the DAG once with its parameter restart_source to split the new one in a new cycle"
            )
        rows = sa.select(split_rows.c.part).where(split_rows.c.split_id == found.id)
        return list(connection.execute(rows.order_by(split_rows.c.source_row)).scalars())


def _store(connection: Connection, feed: tuple[str, str, int], cycle: int, rows_sha256: str, made: Split) -> None:
    sizes = {f"{part}_rows": sum(each == part for each in made.parts) for part in PARTITIONS}
    key = {"use_case": feed[0], "source": feed[1], "group_number": feed[2], "cycle": cycle}
    values = {"rows_sha256": rows_sha256, "total_rows": len(made.parts), "created_at": datetime.now(UTC)}
    split_id = insert_one(connection, splits, {**key, **sizes, **values})
    groups: Sequence[str | None] = made.groups or [None] * len(made.parts)
    rows = ((split_id, row, part, group) for row, (part, group) in enumerate(zip(made.parts, groups, strict=True)))
    bulk.load(connection, OPS, split_rows.name, ["split_id", "source_row", "part", "row_group"], rows)


def _is(feed: tuple[str, str, int], cycle: int) -> tuple[sa.ColumnElement[bool], ...]:
    names = ("use_case", "source", "group_number")
    return (*(splits.c[name] == value for name, value in zip(names, feed, strict=True)), splits.c.cycle == cycle)
