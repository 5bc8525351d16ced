"""One worker at a time, across processes and machines: named locks that a killed process gives back by itself."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from telar.adapters.warehouse.connection import LOCK_WAIT_SECONDS as WAIT_SECONDS
from telar.adapters.warehouse.connection import Warehouse
from telar.domain.errors import WarehouseError

_TIMED_OUT = "57014"


@contextmanager
def lock(warehouse: Warehouse, name: str) -> Iterator[None]:
    """Hold the lock ``name`` of this warehouse while the block runs, on a connection of its own.

    Raises:
        WarehouseError: another worker held it for more than ten minutes.
    """
    database = warehouse.names.schema("ops") if warehouse.dialect == "mysql" else ""
    digest = hashlib.sha256(f"{database}:{name}".encode())
    with warehouse.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key: object
        if warehouse.dialect == "mysql":
            key = digest.hexdigest()[:60]
            taken, release = _take_mysql(connection, key), "SELECT RELEASE_LOCK(:key)"
        else:
            key = int.from_bytes(digest.digest()[:8], "big", signed=True)
            taken, release = _take_postgresql(connection, key), "SELECT pg_advisory_unlock(:key)"
        if not taken:
            raise WarehouseError(f"another worker held {name!r} for more than {WAIT_SECONDS} s: end it and try again")
        try:
            yield
        finally:
            connection.execute(text(release), {"key": key})


def _take_mysql(connection: Connection, key: str) -> bool:
    asked = {"key": key, "seconds": WAIT_SECONDS}
    return connection.execute(text("SELECT GET_LOCK(:key, :seconds)"), asked).scalar() == 1


def _take_postgresql(connection: Connection, key: int) -> bool:
    connection.execute(text(f"SET statement_timeout = '{WAIT_SECONDS}s'"))
    try:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) != _TIMED_OUT:
            raise
        return False
    finally:
        connection.execute(text("RESET statement_timeout"))
    return True
