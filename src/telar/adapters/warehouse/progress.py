"""How far a feed that is read in batches has come: its index in `ops.windows` beside what is really stored."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from telar.adapters.warehouse import windows
from telar.adapters.warehouse.connection import Warehouse
from telar.adapters.warehouse.storing import WITH_ROWS
from telar.adapters.warehouse.tables import batches

Feed = tuple[str, str, int]  # use case, source, group


@dataclass(frozen=True)
class Progress:
    """The last number as the index has it, and the numbers of the stored batches in order, both of one moment."""

    index: int | None
    stored: tuple[int, ...]


def look(warehouse: Warehouse, feed: Feed, cycle: int, now: datetime) -> Progress:
    """The feed's progress in ``cycle``, which it begins where it is in another."""
    windows.make(warehouse, *feed, now)
    with warehouse.begin() as connection:
        row = windows.locked(connection, *feed)
        if row.cycle != cycle:
            windows.change(connection, *feed, cycle=cycle, last_batch_number=None, next_request_at=now)
        index: int | None = row.last_batch_number if row.cycle == cycle else None
        return Progress(index, _stored(connection, feed, cycle))


def correct(warehouse: Warehouse, feed: Feed, number: int | None) -> None:
    """Set the index."""
    with warehouse.begin() as connection:
        windows.locked(connection, *feed)
        windows.change(connection, *feed, last_batch_number=number)


def _stored(connection: Connection, feed: Feed, cycle: int) -> tuple[int, ...]:
    names = ("use_case", "source", "group_number", "cycle")
    same = [batches.c[name] == value for name, value in zip(names, (*feed, cycle), strict=True)]
    question = sa.select(batches.c.batch_number).where(*same, batches.c.status.in_(WITH_ROWS))
    return tuple(connection.execute(question.order_by(batches.c.batch_number)).scalars())
