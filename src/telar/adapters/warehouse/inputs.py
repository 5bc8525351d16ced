"""The views `clean.new_<use case>`: what was asked of the model, one typed column for each input."""

import sqlalchemy as sa
from sqlalchemy import Connection

from telar.adapters.warehouse import locks
from telar.adapters.warehouse.connection import Warehouse, quoted, real_schema
from telar.adapters.warehouse.names import CLEAN, OPS
from telar.domain.columns import Column
from telar.domain.use_case import UseCase

_KEYS = ("request_id", "row_number", "received_at", "model_version", "prediction")


def ensure_view(warehouse: Warehouse, use_case: UseCase) -> None:
    """Make the view, or make it anew where its columns are not those of the definition. Idempotent."""
    with locks.lock(warehouse, f"view {use_case.name}"), warehouse.begin() as connection:
        if _is_current(connection, use_case):
            return
        view = quoted(connection, CLEAN, f"new_{use_case.name}")
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view}")
        connection.exec_driver_sql(f"CREATE VIEW {view} AS {_question(connection, use_case)}".replace("%", "%%"))


def _question(connection: Connection, use_case: UseCase) -> str:
    quote = connection.dialect.identifier_preparer.quote
    typed = _typed_mysql if connection.dialect.name == "mysql" else _typed_postgresql
    columns = ", ".join([*map(quote, _KEYS), *(f"{typed(each)} AS {quote(each.name)}" for each in use_case.columns)])
    where = f"use_case = '{use_case.name}' AND status = 200"
    return f"SELECT {columns} FROM {quoted(connection, OPS, 'predictions')} WHERE {where}"


def _typed_postgresql(column: Column) -> str:
    value = f"input -> '{column.name}'"
    plain = f"(input ->> '{column.name}')"
    if column.numeric:
        return f"CASE WHEN jsonb_typeof({value}) = 'number' THEN {plain}::double precision END"
    return f"CASE WHEN jsonb_typeof({value}) = 'string' THEN {plain} END"


def _typed_mysql(column: Column) -> str:
    value = f"""JSON_EXTRACT(input, '$."{column.name}"')"""
    if column.numeric:
        kinds = "'INTEGER', 'UNSIGNED INTEGER', 'DECIMAL', 'DOUBLE'"
        return f"CASE WHEN JSON_TYPE({value}) IN ({kinds}) THEN CAST({value} AS DOUBLE) END"
    return f"CASE WHEN JSON_TYPE({value}) = 'STRING' THEN JSON_UNQUOTE({value}) END"


def _is_current(connection: Connection, use_case: UseCase) -> bool:
    name = f"new_{use_case.name}"
    inspector = sa.inspect(connection)
    if name not in inspector.get_view_names(schema=real_schema(connection, CLEAN)):
        return False
    columns = inspector.get_columns(name, schema=real_schema(connection, CLEAN))[len(_KEYS) :]
    found = [(column["name"], isinstance(column["type"], sa.Double | sa.Float)) for column in columns]
    return found == [(column.name, column.numeric) for column in use_case.columns]
