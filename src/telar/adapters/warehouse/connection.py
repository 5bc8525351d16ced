"""The warehouse: one engine, and errors that say what to do when the database does not answer."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Self

import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy import URL, Connection, Engine, Table, event, make_url
from sqlalchemy.engine import ExceptionContext

from telar.adapters.warehouse.names import OPS, Names, Role, names_of
from telar.domain.errors import NotMigrated, WarehouseError, WarehouseUnavailable

CONNECT_SECONDS = 5
LOCK_WAIT_SECONDS = 600  # the feed's row is held while a batch is loaded; MySQL would give up after 50 s
_MISSING_TABLE = {"42P01", "3F000", 1146, 1049}
_NO_SERVER = {2002, 2003, 2005, 2006, 2013, 1040, 1045, 1053, 1129, 1130}


class Warehouse:
    """PostgreSQL or MySQL behind one engine; a context manager that gives its connections back at the end."""

    def __init__(self, url: URL, act_as: Role | None = None) -> None:
        self.names: Names = names_of(url)
        self.url = url
        self.engine: Engine = _engine(url, self.names, act_as)
        event.listen(self.engine, "handle_error", self._explain)

    @property
    def dialect(self) -> str:
        """``postgresql`` or ``mysql``."""
        return self.names.dialect

    @property
    def address(self) -> str:
        port = self.url.port or (3306 if self.dialect == "mysql" else 5432)
        return f"{self.url.host or '127.0.0.1'}:{port}"

    def begin(self) -> AbstractContextManager[Connection]:
        """A connection in a transaction that commits at the end of the block."""
        return self.engine.begin()

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _explain(self, context: ExceptionContext) -> None:
        if context.is_pre_ping:  # a connection that went stale: the pool makes a new one
            return
        error = context.original_exception
        code = getattr(error, "pgcode", None) or next(iter(error.args), None)
        who = f"the warehouse ({self.dialect}) at {self.address}"
        # MySQL's reflection asks by DESCRIBE whether a table is there.
        reflected = (context.statement or "").startswith(("DESCRIBE", "SHOW"))
        if code in _MISSING_TABLE and not reflected:
            raise NotMigrated(
                f"{who} lacks what this version of Telar needs ({_first_line(error)}): run `telar migrate`"
            ) from error
        if context.is_disconnect or _is_connection_failure(error, code):
            raise WarehouseUnavailable(
                f"{who} did not let user {self.url.username} in ({_first_line(error)}): start it, "
                "or correct TELAR_WAREHOUSE_URL and what stands beside it (..._USER, ..._PASSWORD)"
            ) from error


def open_warehouse(url: SecretStr | str, act_as: Role | None = None) -> Warehouse:
    """The warehouse at ``url``; connects on first use. PostgreSQL's owner may ``act_as`` the pipeline.

    Raises:
        ConfigurationError: the URL is of another engine.
        WarehouseUnavailable: later, when it does not answer; names host, port and the fix.
    """
    plain = url.get_secret_value() if isinstance(url, SecretStr) else url
    return Warehouse(make_url(plain), act_as)


def real_schema(connection: Connection, name: str) -> str:
    """The schema or database that ``name`` (raw, clean, ops) stands for on this connection."""
    translation: dict[str, str] = connection.get_execution_options().get("schema_translate_map") or {}
    return translation.get(name, name)


def quoted(connection: Connection, schema: str, table: str) -> str:
    """``schema.table`` as this engine writes it, the schema translated."""
    quote = connection.dialect.identifier_preparer.quote
    return f"{quote(real_schema(connection, schema))}.{quote(table)}"


def insert_one(connection: Connection, table: Table, values: Mapping[str, object]) -> int:
    """Insert one row; the ``id`` that the database gave it."""
    key = connection.execute(table.insert().values(**values)).inserted_primary_key
    if key is None:
        raise WarehouseError(f"the warehouse gave no key for a row of {table.name}: report this as a bug")
    return int(key[0])


def _engine(url: URL, names: Names, act_as: Role | None) -> Engine:
    common: dict[str, Any] = {"pool_pre_ping": True, "execution_options": {"schema_translate_map": names.translation}}
    if names.dialect == "mysql":
        return sa.create_engine(
            url.set(database=names.schema(OPS)),
            isolation_level="READ COMMITTED",
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "charset": "utf8mb4",
                "local_infile": True,
                "init_command": "SET time_zone = '+00:00', SESSION sql_mode = 'TRADITIONAL', "
                f"SESSION innodb_lock_wait_timeout = {LOCK_WAIT_SECONDS}",
            },
            **common,
        )
    return sa.create_engine(
        url,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "telar",
            "options": "-c timezone=UTC -c client_encoding=UTF8" + (f" -c role={act_as}" if act_as else ""),
        },
        **common,
    )


def _is_connection_failure(error: BaseException, code: object) -> bool:
    if code in _NO_SERVER:
        return True
    name = type(error).__name__
    return (
        name == "OperationalError" and getattr(error, "pgcode", None) is None and type(error).__module__ == "psycopg2"
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
