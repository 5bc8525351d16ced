"""Bulk loading by the engine's own way: COPY on PostgreSQL, LOAD DATA LOCAL INFILE on MySQL, from one CSV."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from telar.adapters.warehouse.connection import quoted
from telar.domain.errors import DataError, WarehouseUnavailable

Cell = str | int | float | None
Reach = Callable[[str], None]
CHUNK_ROWS = 50_000


class _Null:
    """Written as the bare word NULL, which both engines read as null; the csv module quotes whatever is no number."""

    def __str__(self) -> str:
        return "NULL"

    def __float__(self) -> float:
        return float("nan")


_NULL = _Null()


def pass_by(_: str) -> None:
    """No failpoint here."""


def load(
    connection: Connection,
    schema: str,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    reach: Reach = pass_by,
) -> int:
    """Load ``rows`` (cells in the order of ``columns``; None is NULL) in the connection's transaction; their number.

    ``reach("bulk_load")`` is called when the first 50,000 rows are in.

    Raises:
        DataError: a text that no text column can keep (NUL, half a surrogate pair), or a row that MySQL would change.
    """
    send = _load_data if connection.dialect.name == "mysql" else _copy
    count, remaining = 0, iter(rows)
    while chunk := list(islice(remaining, CHUNK_ROWS)):
        send(connection, schema, table, columns, encode(chunk), len(chunk))
        if not count:
            reach("bulk_load")
        count += len(chunk)
    return count


def encode(rows: Iterable[Sequence[Cell]]) -> bytes:
    """CSV in UTF-8: texts in quotes, numbers and NULL without, quotes doubled, nothing escaped by a backslash."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerows(_with_nulls(rows))
    written = buffer.getvalue()
    refuse_nul(written)
    try:
        return written.encode()
    except UnicodeEncodeError as error:
        raise DataError(f"a text is not valid Unicode ({error.reason}): have the source repair it") from error


def refuse_nul(text: str) -> None:
    """Raises DataError when ``text`` holds the character NUL."""
    if "\0" in text:
        raise DataError("a text holds the character NUL, which no text column can keep: have the source remove it")


def _with_nulls(rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[object]]:
    for row in rows:
        yield [_NULL if cell is None else cell for cell in row] if None in row else row


def _copy(
    connection: Connection, schema: str, table: str, columns: Sequence[str], content: bytes, expected: int
) -> None:
    where = f"{quoted(connection, schema, table)} ({_names(connection, columns)})"
    with closing(connection.connection.cursor()) as opened, _lost_connection_explained(connection):
        cursor: Any = opened
        cursor.copy_expert(f"COPY {where} FROM STDIN WITH (FORMAT csv, NULL 'NULL')", io.BytesIO(content))
        _check_count(table, cursor.rowcount, expected)


@contextmanager
def _lost_connection_explained(connection: Connection) -> Iterator[None]:
    """COPY runs beside SQLAlchemy, so its lost connection must be named here."""
    dbapi: Any = connection.dialect.dbapi
    try:
        yield
    except (dbapi.OperationalError, dbapi.InterfaceError) as error:
        url = connection.engine.url
        raise WarehouseUnavailable(
            f"the warehouse at {url.host}:{url.port or 5432} went away while rows were loaded ({str(error).strip()}): "
            "nothing is stored; see its log, and run again"
        ) from error


def _load_data(
    connection: Connection, schema: str, table: str, columns: Sequence[str], content: bytes, expected: int
) -> None:
    with tempfile.NamedTemporaryFile(prefix="telar-", suffix=".csv") as file:
        file.write(content)
        file.flush()
        statement = (
            f"LOAD DATA LOCAL INFILE '{file.name}' INTO TABLE {quoted(connection, schema, table)} "
            "CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' "
            f"LINES TERMINATED BY '\\n' ({_names(connection, columns)})"
        )
        result = connection.exec_driver_sql(statement.replace("%", "%%"))
    # LOCAL turns errors into warnings: a changed or skipped row must not pass for a loaded one.
    warnings = connection.exec_driver_sql("SHOW WARNINGS LIMIT 3").all()
    if warnings:
        raise DataError(f"MySQL would change rows of {table}: {'; '.join(str(row[2]) for row in warnings)}")
    _check_count(table, result.rowcount, expected)


def _check_count(table: str, loaded: int, expected: int) -> None:
    if loaded != expected:
        raise DataError(f"{loaded} of {expected} rows came into {table}: nothing is stored")


def _names(connection: Connection, columns: Sequence[str]) -> str:
    quote = connection.dialect.identifier_preparer.quote
    return ", ".join(quote(column) for column in columns)
