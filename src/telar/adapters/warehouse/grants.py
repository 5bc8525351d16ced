"""Who may do what in the warehouse, table by table: the ledger and the decisions can only grow."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from telar.adapters.warehouse.names import CLEAN, OPS, RAW, Names, Role
from telar.domain.errors import ConfigurationError

_CHANGING = ("windows", "requests", "batches", "runs")
_GROWING = ("comparisons", "decisions", "promotions", "splits", "split_rows")
_VIEWS = ("batch_status", "batch_statistics")
_REVISION = "telar_revision"

TABLE_RIGHTS: Mapping[Role, Mapping[str, str]] = {
    Role.PIPELINE: {
        **dict.fromkeys(_CHANGING, "SELECT, INSERT, UPDATE"),
        **dict.fromkeys(_GROWING, "SELECT, INSERT"),
        **dict.fromkeys((*_VIEWS, "predictions", _REVISION), "SELECT"),
    },
    Role.INFERENCE: {"predictions": "INSERT", _REVISION: "SELECT"},
    Role.READER: dict.fromkeys((*_CHANGING, *_GROWING, *_VIEWS, "predictions", _REVISION), "SELECT"),
}
MYSQL_PIPELINE = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, CREATE VIEW, SHOW VIEW"


def require_roles(connection: Connection, names: Names) -> None:
    """Raises ConfigurationError when PostgreSQL lacks a role (MySQL says so at the first grant)."""
    if names.dialect == "mysql":
        return
    known = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
    if missing := [role.value for role in Role if names.role(role) not in known]:
        raise ConfigurationError(
            f"the warehouse lacks the roles {', '.join(missing)}: run init-scripts/postgresql/warehouse.sh as its admin"
        )


def grant_tables(connection: Connection, names: Names) -> None:
    """Grant every right of TABLE_RIGHTS, and on PostgreSQL the way into the schemas."""
    quote = connection.dialect.identifier_preparer.quote
    for role, tables in TABLE_RIGHTS.items():
        who = _user(names, role, quote(names.role(role)))
        for table, rights in tables.items():
            where = f"{quote(names.schema(OPS))}.{quote(table)}"
            connection.execute(text(f"GRANT {rights} ON {where} TO {who}"))


def open_schemas(connection: Connection) -> None:
    """PostgreSQL: schemas raw and clean are the pipeline's, ops the owner's; the reader sees what comes into them."""
    pipeline, reader = Role.PIPELINE.value, Role.READER.value
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS ops"))
    for schema in (RAW, CLEAN):
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {pipeline}"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {reader}"))
        default = f"ALTER DEFAULT PRIVILEGES FOR ROLE {pipeline} IN SCHEMA {schema}"
        connection.execute(text(f"{default} GRANT SELECT ON TABLES TO {reader}"))
    for role in (Role.PIPELINE, Role.INFERENCE, Role.READER):
        connection.execute(text(f"GRANT USAGE ON SCHEMA {OPS} TO {role}"))


def _user(names: Names, role: Role, quoted: str) -> str:
    return f"'{names.role(role)}'@'%'" if names.dialect == "mysql" else quoted
