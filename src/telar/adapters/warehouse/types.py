"""Column types that mean the same on PostgreSQL and MySQL."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

# NO PAD and byte by byte: 'a' is neither 'A' nor 'a ', as on PostgreSQL.
EXACT = "utf8mb4_0900_bin"


class Utc(TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond; takes and gives datetimes that know their zone."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        if dialect.name == "mysql":
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: give a datetime in UTC")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "mysql" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "mysql" else value.astimezone(UTC)


def json() -> sa.JSON:
    """JSON; None is SQL's NULL."""
    return sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def long_text() -> sa.Text:
    """Text of any length."""
    return sa.Text().with_variant(mysql.LONGTEXT(), "mysql")


def double() -> sa.Double[float]:
    return sa.Double()


def identity() -> sa.Column[int]:
    """The key ``id`` that the database counts up."""
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True, autoincrement=True)
