"""The tables of `ops`: what was asked, stored, compared, decided, promoted and predicted."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, UniqueConstraint

from telar.adapters.warehouse.names import OPS
from telar.adapters.warehouse.types import EXACT, Utc, double, identity, json, long_text
from telar.domain.partitions import PARTITIONS

metadata = MetaData(schema=OPS)
_MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": EXACT}


def _name(nullable: bool = False, primary_key: bool = False) -> Column[str]:
    return Column("use_case", String(40), nullable=nullable, primary_key=primary_key)


def _run(nullable: bool = False, primary_key: bool = False) -> Column[str]:
    return Column("run_id", String(250), nullable=nullable, primary_key=primary_key)


def _source(primary_key: bool = False) -> tuple[Column[str], Column[str], Column[int]]:
    """Whom a batch came from: use case, source, group."""
    return (
        _name(primary_key=primary_key),
        Column("source", String(200), nullable=False, primary_key=primary_key),
        Column("group_number", Integer, nullable=False, autoincrement=False, primary_key=primary_key),
    )


def _made() -> Column[datetime]:
    return Column("created_at", Utc, nullable=False)


windows = Table(
    "windows",
    metadata,
    *_source(primary_key=True),
    Column("cycle", Integer, nullable=False),
    Column("last_batch_number", Integer),
    Column("next_request_at", Utc, nullable=False),
    **_MYSQL,
)

requests = Table(
    "requests",
    metadata,
    identity(),
    *_source(),
    Column("cycle", Integer, nullable=False),
    _run(),
    Column("requested_at", Utc, nullable=False),
    Column("answered_at", Utc),
    Column("outcome", String(20)),
    Column("batch_id", BigInteger),
    Column("status_code", Integer),
    Column("error", long_text()),
    Index("requests_by_source", "use_case", "source", "group_number", "cycle"),
    **_MYSQL,
)

batches = Table(
    "batches",
    metadata,
    identity(),
    *_source(),
    Column("cycle", Integer, nullable=False),
    Column("batch_number", Integer, nullable=False),
    Column("request_id", BigInteger),
    _run(),
    Column("provenance", String(20)),
    Column("origin", long_text()),
    Column("status", String(20), nullable=False),
    Column("requested_at", Utc),
    Column("received_at", Utc),
    Column("total_records", Integer),
    Column("payload_sha256", String(64)),
    Column("schema_received", json()),
    Column("validations", json()),
    Column("new_categories", json()),
    Column("profile", json()),
    Column("clean_rows", Integer),
    Column("train_rows", Integer),
    Column("decision", String(20)),
    Column("outcome", String(20)),
    Column("reason", long_text()),
    Column("error", long_text()),
    Column("model_version", String(40)),
    Column("mlflow_run_id", String(64)),
    Column("trained_run_id", String(250)),
    Column("finished_at", Utc),
    UniqueConstraint("use_case", "source", "group_number", "cycle", "batch_number", name="batches_once"),
    **_MYSQL,
)

splits = Table(
    "splits",
    metadata,
    identity(),
    *_source(),
    Column("cycle", Integer, nullable=False),
    Column("rows_sha256", String(64), nullable=False),
    *(Column(f"{part}_rows", Integer, nullable=False) for part in ("total", *PARTITIONS)),
    _made(),
    UniqueConstraint("use_case", "source", "group_number", "cycle", name="splits_once"),
    **_MYSQL,
)

split_rows = Table(
    "split_rows",
    metadata,
    Column("split_id", BigInteger, primary_key=True, autoincrement=False),
    Column("source_row", Integer, primary_key=True, autoincrement=False),
    Column("part", String(20), nullable=False),
    Column("row_group", long_text()),
    **_MYSQL,
)

runs = Table(
    "runs",
    metadata,
    _run(primary_key=True),
    _name(primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("outcome", String(20)),
    Column("reason", long_text()),
    Column("error", long_text()),
    Column("batch_id", BigInteger),
    **_MYSQL,
)

comparisons = Table(
    "comparisons",
    metadata,
    identity(),
    Column("batch_id", BigInteger, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("reference", String(100)),
    Column("figures", json(), nullable=False),
    _made(),
    Index("comparisons_by_batch", "batch_id"),
    **_MYSQL,
)

decisions = Table(
    "decisions",
    metadata,
    identity(),
    _name(),
    Column("batch_id", BigInteger),
    _run(),
    Column("kind", String(20), nullable=False),
    Column("choice", String(20), nullable=False),
    Column("reason", long_text(), nullable=False),
    Column("figures", json(), nullable=False),
    Column("checks", json(), nullable=False),
    _made(),
    Index("decisions_by_batch", "batch_id"),
    **_MYSQL,
)

promotions = Table(
    "promotions",
    metadata,
    identity(),
    _name(),
    Column("version", String(40), nullable=False),
    Column("previous_version", String(40)),
    Column("state", String(20), nullable=False),
    Column("actor", String(100), nullable=False),
    _run(nullable=True),
    Column("reason", long_text(), nullable=False),
    Column("evidence", json(), nullable=False),
    _made(),
    Index("promotions_by_use_case", "use_case", "id"),
    **_MYSQL,
)

predictions = Table(
    "predictions",
    metadata,
    Column("request_id", String(36), primary_key=True),
    Column("row_number", Integer, primary_key=True, autoincrement=False),
    _name(nullable=True),
    Column("model_version", String(40)),
    Column("received_at", Utc, nullable=False),
    Column("input", json()),
    Column("prediction", long_text()),
    Column("probabilities", json()),
    Column("status", Integer, nullable=False),
    Column("error", long_text()),
    Column("latency_ms", double()),
    Index("predictions_by_time", "use_case", "received_at"),
    **_MYSQL,
)
