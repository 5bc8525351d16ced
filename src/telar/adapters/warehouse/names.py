"""What the databases, schemas and roles of one warehouse are called on each engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import URL

from telar.domain.errors import ConfigurationError

RAW, CLEAN, OPS = "raw", "clean", "ops"
DATABASE = "batches_db"
MYSQL_SCHEMAS: Mapping[str, str] = {RAW: "RAW_DATA", CLEAN: "CLEAN_DATA", OPS: "OPS"}


class Role(StrEnum):
    """Who may do what: the owner migrates, the pipeline works, inference records, the reader looks."""

    OWNER = "telar"
    PIPELINE = "batchuser"
    INFERENCE = "telar_inference"
    READER = "telar_reader"


@dataclass(frozen=True)
class Names:
    """PostgreSQL: schemas of one database. MySQL: three databases, all (and the users) with the same ``prefix``.

    The prefix is what stands before OPS in the MySQL URL's database, so two warehouses can share a server.
    """

    dialect: str
    prefix: str = ""

    def schema(self, name: str) -> str:
        """The real schema (PostgreSQL) or database (MySQL) of ``raw``, ``clean`` or ``ops``."""
        return self.prefix + MYSQL_SCHEMAS[name] if self.dialect == "mysql" else name

    def role(self, role: Role) -> str:
        return self.prefix + role.value

    @property
    def translation(self) -> dict[str, str]:
        """SQLAlchemy's schema_translate_map."""
        return {name: self.schema(name) for name in (RAW, CLEAN, OPS)}


def names_of(url: URL) -> Names:
    """The names of the warehouse at ``url``.

    Raises:
        ConfigurationError: an engine that Telar does not know, or a MySQL URL whose database is not ...OPS.
    """
    dialect = url.get_backend_name()
    if dialect == "postgresql":
        return Names(dialect)
    if dialect != "mysql":
        raise ConfigurationError(
            f"TELAR_WAREHOUSE_URL is of {dialect}: it must begin with postgresql+psycopg2:// or mysql+pymysql://"
        )
    database = url.database or MYSQL_SCHEMAS[OPS]
    if not database.endswith(MYSQL_SCHEMAS[OPS]):
        raise ConfigurationError(f"database {database!r} of TELAR_WAREHOUSE_URL: on MySQL it must be OPS or end in OPS")
    return Names(dialect, database.removesuffix(MYSQL_SCHEMAS[OPS]))
