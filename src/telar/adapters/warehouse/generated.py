"""What raw and clean tables have in common: their columns are generated from a definition, and only added to."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table
from sqlalchemy.schema import CreateColumn

from telar.adapters.warehouse.connection import quoted, real_schema
from telar.adapters.warehouse.types import EXACT

BATCH_ID, ROW, EXTRA, PARTITION = "_batch_id", "_row", "_extra", "_partition"


def table(schema: str, name: str, columns: Sequence[Column[object]], comment: str | None = None) -> Table:
    """A generated table, keyed by batch and row."""
    return Table(
        name,
        MetaData(),
        Column(BATCH_ID, BigInteger, primary_key=True, autoincrement=False),
        Column(ROW, Integer, primary_key=True, autoincrement=False),
        *columns,
        schema=schema,
        comment=comment,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate=EXACT,
    )


def exists(connection: Connection, schema: str, name: str) -> bool:
    return sa.inspect(connection).has_table(name, schema=real_schema(connection, schema))


def comment_of(connection: Connection, schema: str, name: str) -> str | None:
    """The comment of a table; None where there is no such table."""
    if not exists(connection, schema, name):
        return None
    return sa.inspect(connection).get_table_comment(name, schema=real_schema(connection, schema))["text"] or ""


def columns_of(connection: Connection, schema: str, name: str) -> list[str]:
    columns = sa.inspect(connection).get_columns(name, schema=real_schema(connection, schema))
    return [column["name"] for column in columns]


def add_columns(connection: Connection, target: Table) -> None:
    """ADD COLUMN for whatever ``target`` has and the stored table lacks; nothing is ever taken away."""
    schema = target.schema or ""
    known = set(columns_of(connection, schema, target.name))
    for column in target.columns:
        if column.name not in known:
            definition = CreateColumn(column).compile(dialect=connection.dialect)
            where = quoted(connection, schema, target.name)
            connection.exec_driver_sql(f"ALTER TABLE {where} ADD COLUMN {definition}")
