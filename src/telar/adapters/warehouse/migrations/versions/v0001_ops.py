"""Revision 1: the tables of `ops` and the views batch_status and batch_statistics."""

from typing import Any

import sqlalchemy as sa
from alembic import context, op

from telar.adapters.warehouse.types import EXACT, Utc, double, json, long_text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": EXACT}


def upgrade() -> None:
    """Every table and view, those that are there already left as they are (MySQL commits each by itself)."""
    _upstream_tables()
    _batches_table()
    _decision_tables()
    _prediction_table()
    _views()


def _upstream_tables() -> None:
    _table(
        "windows",
        *_source(primary_key=True),
        sa.Column("cycle", sa.Integer, nullable=False),
        sa.Column("last_batch_number", sa.Integer),
        sa.Column("next_request_at", Utc, nullable=False),
    )
    _table(
        "requests",
        _id(),
        *_source(),
        sa.Column("cycle", sa.Integer, nullable=False),
        _word("run_id", 250),
        sa.Column("requested_at", Utc, nullable=False),
        sa.Column("answered_at", Utc),
        sa.Column("outcome", sa.String(20)),
        sa.Column("batch_id", sa.BigInteger),
        sa.Column("status_code", sa.Integer),
        sa.Column("error", long_text()),
    )
    _index("requests_by_source", "requests", "use_case", "source", "group_number", "cycle")
    _table(
        "runs",
        _word("run_id", 250, primary_key=True),
        _word("use_case", 40, primary_key=True),
        _word("kind", 40),
        sa.Column("started_at", Utc, nullable=False),
        sa.Column("finished_at", Utc),
        sa.Column("outcome", sa.String(20)),
        sa.Column("reason", long_text()),
        sa.Column("error", long_text()),
        sa.Column("batch_id", sa.BigInteger),
    )


def _batches_table() -> None:
    _table(
        "batches",
        _id(),
        *_source(),
        sa.Column("cycle", sa.Integer, nullable=False),
        sa.Column("batch_number", sa.Integer, nullable=False),
        sa.Column("request_id", sa.BigInteger),
        _word("run_id", 250),
        sa.Column("provenance", sa.String(20)),
        sa.Column("origin", long_text()),
        _word("status", 20),
        sa.Column("requested_at", Utc),
        sa.Column("received_at", Utc),
        sa.Column("total_records", sa.Integer),
        sa.Column("payload_sha256", sa.String(64)),
        *(sa.Column(name, json()) for name in ("schema_received", "validations", "new_categories", "profile")),
        sa.Column("clean_rows", sa.Integer),
        sa.Column("train_rows", sa.Integer),
        sa.Column("decision", sa.String(20)),
        sa.Column("outcome", sa.String(20)),
        sa.Column("reason", long_text()),
        sa.Column("error", long_text()),
        sa.Column("model_version", sa.String(40)),
        sa.Column("mlflow_run_id", sa.String(64)),
        sa.Column("trained_run_id", sa.String(250)),
        sa.Column("finished_at", Utc),
        sa.UniqueConstraint("use_case", "source", "group_number", "cycle", "batch_number", name="batches_once"),
    )


def _decision_tables() -> None:
    _table(
        "comparisons",
        _id(),
        sa.Column("batch_id", sa.BigInteger, nullable=False),
        _word("kind", 20),
        sa.Column("reference", sa.String(100)),
        sa.Column("figures", json(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
    )
    _index("comparisons_by_batch", "comparisons", "batch_id")
    _table(
        "decisions",
        _id(),
        _word("use_case", 40),
        sa.Column("batch_id", sa.BigInteger),
        _word("run_id", 250),
        _word("kind", 20),
        _word("choice", 20),
        sa.Column("reason", long_text(), nullable=False),
        sa.Column("figures", json(), nullable=False),
        sa.Column("checks", json(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
    )
    _index("decisions_by_batch", "decisions", "batch_id")
    _table(
        "promotions",
        _id(),
        _word("use_case", 40),
        _word("version", 40),
        sa.Column("previous_version", sa.String(40)),
        _word("state", 20),
        _word("actor", 100),
        sa.Column("run_id", sa.String(250)),
        sa.Column("reason", long_text(), nullable=False),
        sa.Column("evidence", json(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
    )
    _index("promotions_by_use_case", "promotions", "use_case", "id")


def _prediction_table() -> None:
    _table(
        "predictions",
        _word("request_id", 36, primary_key=True),
        sa.Column("row_number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("use_case", sa.String(40)),
        sa.Column("model_version", sa.String(40)),
        sa.Column("received_at", Utc, nullable=False),
        sa.Column("input", json()),
        sa.Column("prediction", long_text()),
        sa.Column("probabilities", json()),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("error", long_text()),
        sa.Column("latency_ms", double()),
    )
    _index("predictions_by_time", "predictions", "use_case", "received_at")


def _views() -> None:
    ops = _ops()
    op.execute(
        f"""
        CREATE OR REPLACE VIEW {ops}.batch_status AS
        SELECT batch_number, total_records, status, use_case, source, group_number, cycle, decision, outcome, reason,
               provenance, origin, received_at, finished_at, clean_rows, train_rows, model_version, mlflow_run_id,
               run_id, id AS batch_id
        FROM {ops}.batches
        """
    )
    op.execute(
        f"""
        CREATE OR REPLACE VIEW {ops}.batch_statistics AS
        SELECT use_case,
               COUNT(total_records) AS batches,
               COALESCE(SUM(total_records), 0) AS total_records,
               AVG(total_records) AS average_records,
               MIN(received_at) AS first_received_at,
               MAX(received_at) AS last_received_at,
               COALESCE(SUM(clean_rows), 0) AS clean_rows,
               COUNT(CASE WHEN status = 'lost_upstream' THEN 1 END) AS lost,
               COUNT(CASE WHEN status = 'refused' THEN 1 END) AS refused,
               COUNT(CASE WHEN decision = 'train' THEN 1 END) AS trained,
               COUNT(CASE WHEN outcome = 'promoted' THEN 1 END) AS promoted,
               COUNT(CASE WHEN outcome = 'rejected' THEN 1 END) AS rejected
        FROM {ops}.batches
        GROUP BY use_case
        """
    )


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(name, *parts, schema=_ops(), if_not_exists=True, **_MYSQL)


def _index(name: str, table: str, *columns: str) -> None:
    known = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table, schema=_ops())}
    if name not in known:
        op.create_index(name, table, list(columns), schema=_ops())


def _ops() -> str:
    """The schema or database that `ops` is here."""
    return str(context.config.attributes["ops"])


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True, autoincrement=True)


def _word(name: str, length: int, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, primary_key=primary_key)


def _source(primary_key: bool = False) -> tuple[sa.Column[str], sa.Column[str], sa.Column[int]]:
    return (
        _word("use_case", 40, primary_key),
        _word("source", 200, primary_key),
        sa.Column("group_number", sa.Integer, nullable=False, primary_key=primary_key, autoincrement=False),
    )
