"""Revision 2: which row of a published table is in which part, for every cycle of a source that is split once."""

from typing import Any

import sqlalchemy as sa
from alembic import context, op

from telar.adapters.warehouse.types import EXACT, Utc, long_text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": EXACT}


def upgrade() -> None:
    """Two tables, left as they are where they are there already (MySQL commits each by itself)."""
    _table(
        "splits",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True, autoincrement=True),
        _column("use_case", sa.String(40)),
        _column("source", sa.String(200)),
        _column("group_number", sa.Integer()),
        _column("cycle", sa.Integer()),
        _column("rows_sha256", sa.String(64)),
        *(_column(name, sa.Integer()) for name in ("total_rows", "train_rows", "validation_rows", "test_rows")),
        _column("created_at", Utc()),
        sa.UniqueConstraint("use_case", "source", "group_number", "cycle", name="splits_once"),
    )
    _table(
        "split_rows",
        sa.Column("split_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("source_row", sa.Integer, primary_key=True, autoincrement=False),
        _column("part", sa.String(20)),
        sa.Column("row_group", long_text()),
    )


def _column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(name, *parts, schema=str(context.config.attributes["ops"]), if_not_exists=True, **_MYSQL)
