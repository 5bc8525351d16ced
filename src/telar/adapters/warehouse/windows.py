"""One locked row per (use case, source, group): when the upstream may be asked again, and how far it has come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row
from sqlalchemy.dialects import mysql, postgresql

from telar.adapters.warehouse.connection import Warehouse, insert_one
from telar.adapters.warehouse.tables import requests, windows
from telar.domain.lifecycle import RequestOutcome
from telar.domain.window import next_request_at

FIRST_CYCLE = 1


@dataclass(frozen=True)
class Early:
    """The upstream may not be asked before ``until``."""

    until: datetime


@dataclass(frozen=True)
class Reserved:
    """The right to one request, which stands in `ops.requests` as ``request_id`` before it is sent.

    ``last_batch_number`` is the highest number stored in ``cycle``; None at its beginning.
    """

    request_id: int
    use_case: str
    source: str
    group_number: int
    cycle: int
    last_batch_number: int | None


Reservation = Early | Reserved


def reserve(
    warehouse: Warehouse,
    use_case: str,
    source: str,
    group: int,
    window: timedelta,
    run_id: str,
    now: datetime,
    restart: Callable[[], object] = lambda: None,
) -> Reservation:
    """The right to one request, or until when to wait; however many ask at once, one window gives one right.

    Without a window nobody waits, even where one's clock is a little behind another's. Before the first request of a
    new cycle ``restart`` is called, while the others wait: nobody asks an upstream that was not begun again yet, and
    nobody begins it again after another has asked.
    """
    make(warehouse, use_case, source, group, now)
    with warehouse.begin() as connection:
        row = locked(connection, use_case, source, group)
        if window and now < row.next_request_at:
            return Early(row.next_request_at)
        if row.cycle > FIRST_CYCLE and not _asked_in(connection, row):
            restart()
        values = {"use_case": use_case, "source": source, "group_number": group, "cycle": row.cycle}
        request_id = insert_one(connection, requests, {**values, "run_id": run_id, "requested_at": now})
        change(connection, use_case, source, group, next_request_at=next_request_at(now, window))
        return Reserved(request_id, use_case, source, group, row.cycle, row.last_batch_number)


def release(warehouse: Warehouse, request_id: int, error: str, now: datetime, status_code: int | None = None) -> None:
    """Give the window back to others at ``now``, for a request that the upstream certainly did not answer."""
    with warehouse.begin() as connection:
        asked = connection.execute(sa.select(requests).where(requests.c.id == request_id)).one()
        failed = {"outcome": RequestOutcome.FAILED.value, "error": error, "status_code": status_code}
        finished = requests.update().where(requests.c.id == request_id)
        locked(connection, asked.use_case, asked.source, asked.group_number)
        connection.execute(finished.values(**failed, answered_at=now))
        if not _is_last(connection, asked):
            return
        change(connection, asked.use_case, asked.source, asked.group_number, next_request_at=now)


def begin_cycle(
    warehouse: Warehouse, use_case: str, source: str, group: int, now: datetime, after: int | None = None
) -> int:
    """The number of the cycle that begins with a restart of the upstream; its batches count from 1 again.

    With ``after``, another run may have begun the cycle after that one already: then it is the present one.
    """
    make(warehouse, use_case, source, group, now)
    with warehouse.begin() as connection:
        present: int = locked(connection, use_case, source, group).cycle
        if after is not None and present != after:
            return present
        cycle = present + 1
        change(connection, use_case, source, group, cycle=cycle, last_batch_number=None, next_request_at=now)
        return cycle


def restart_unasked(
    warehouse: Warehouse, use_case: str, source: str, group: int, now: datetime, restart: Callable[[], object]
) -> None:
    """Calls ``restart`` unless something was asked in the present cycle; nobody asks meanwhile."""
    make(warehouse, use_case, source, group, now)
    with warehouse.begin() as connection:
        if not _asked_in(connection, locked(connection, use_case, source, group)):
            restart()


def current_cycle(warehouse: Warehouse, use_case: str, source: str, group: int) -> int:
    """The cycle that the next batch belongs to; 1 before the first request."""
    with warehouse.begin() as connection:
        question = sa.select(windows.c.cycle).where(_is(use_case, source, group))
        return connection.execute(question).scalar() or FIRST_CYCLE


def locked(connection: Connection, use_case: str, source: str, group: int) -> "Row[tuple[object, ...]]":
    """The row, locked until the connection's transaction ends."""
    return connection.execute(sa.select(windows).where(_is(use_case, source, group)).with_for_update()).one()


def change(connection: Connection, use_case: str, source: str, group: int, **values: object) -> None:
    """Set fields of the row."""
    connection.execute(windows.update().where(_is(use_case, source, group)).values(**values))


def make(warehouse: Warehouse, use_case: str, source: str, group: int, now: datetime) -> None:
    """Make the row where there is none, in a transaction of its own: on MySQL an insert and a lock would deadlock."""
    question = sa.select(windows.c.cycle).where(_is(use_case, source, group))
    values = {
        **{"use_case": use_case, "source": source, "group_number": group},
        **{"cycle": FIRST_CYCLE, "next_request_at": now},
    }
    with warehouse.begin() as connection:
        if connection.execute(question).scalar() is not None:
            return
        if warehouse.dialect == "mysql":
            new = mysql.insert(windows).values(**values)
            connection.execute(new.on_duplicate_key_update(cycle=windows.c.cycle))
        else:
            connection.execute(postgresql.insert(windows).values(**values).on_conflict_do_nothing())


def _is(use_case: str, source: str, group: int) -> ColumnElement[bool]:
    return sa.and_(windows.c.use_case == use_case, windows.c.source == source, windows.c.group_number == group)


def _asked_in(connection: Connection, row: "Row[tuple[object, ...]]") -> bool:
    """Whether anything was asked in the row's cycle."""
    return _any_request(connection, row, requests.c.cycle == row.cycle)


def _is_last(connection: Connection, asked: "Row[tuple[object, ...]]") -> bool:
    """Whether nobody has reserved a window after this request."""
    return not _any_request(connection, asked, requests.c.id > asked.id)


def _any_request(connection: Connection, of: "Row[tuple[object, ...]]", such: ColumnElement[bool]) -> bool:
    """Whether the feed of that row has such a request."""
    feed = [requests.c[name] == getattr(of, name) for name in ("use_case", "source", "group_number")]
    return connection.execute(sa.select(requests.c.id).where(*feed, such).limit(1)).first() is not None
