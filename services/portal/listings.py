"""The history's lines as rows of the tables that people read: words for columns, UTC for times, text for numbers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.portal.words import PART, ROWS_FROM, spoken
from telar.adapters.warehouse.history_lines import BatchLine, DecisionLine, PromotionLine, RunLine
from telar.domain.partitions import HELD_OUT

Row = dict[str, Any]
QUESTIONS = {"train": "Train?", "promote": "Promote?", "resume": "Go on where?"}
HELD, LOST = "○ held out", "✕ lost"
RESULTS = {
    "promoted": "▲ trained, promoted",
    "rejected": "▼ trained, rejected",
    "not_trained": "– not trained",
    "failed": "✕ failed",
}
COLOURS = dict(zip((*RESULTS.values(), HELD, LOST), ("green", "orange", "gray", "red", "blue", "red"), strict=True))
STATES = {
    "intended": "intended",
    "done": "in production",
    "abandoned": "abandoned",
    "external": "external move",
    "refused": "refused",
}


def batch_rows(lines: Sequence[BatchLine]) -> list[Row]:
    """One row for each batch; a batch without a decision yet has none."""
    return [
        {
            "Received (UTC)": utc(line.received_at),
            "Use case": line.use_case,
            "Cycle": line.cycle,
            "Part": part_of(line),
            "Batch": line.batch_number,
            "Rows": line.total_records,
            "What came of it": [result] if (result := result_of(line)) else [],
            "Reason": line.error or line.reason,
            "Version": line.model_version,
            "Rows from": ROWS_FROM[line.provenance] if line.provenance else None,
            "Status": spoken(line.status),
            "Clean rows": line.clean_rows,
            "MLflow run": line.mlflow_run_id,
        }
        for line in lines
    ]


def part_of(line: BatchLine) -> str | None:
    """The part of a split source in words; nothing where each row has its own."""
    if line.part is None:
        return None
    return f"{PART[line.part]}, held out" if line.part in HELD_OUT else PART[line.part]


def result_of(line: BatchLine) -> str | None:
    """What became of a batch, to be told apart at a glance; nothing while its run is under way."""
    if line.part in HELD_OUT:
        return HELD if line.status == "prepared" else None
    if line.status == "lost_upstream":
        return LOST
    return RESULTS.get(line.outcome or "")


def decision_rows(lines: Sequence[DecisionLine]) -> list[Row]:
    """One row for each decision."""
    return [
        {
            "Taken (UTC)": utc(line.created_at),
            "Use case": line.use_case,
            "Cycle": line.cycle,
            "Batch": line.batch_number,
            "Question": QUESTIONS.get(line.kind, line.kind),
            "Decision": line.choice,
            "Reason": line.reason,
        }
        for line in lines
    ]


def promotion_rows(lines: Sequence[PromotionLine]) -> list[Row]:
    """One row for each line of the ledger, newest first."""
    return [
        {
            "Written (UTC)": utc(line.created_at),
            "Use case": line.use_case,
            "Event": STATES.get(line.state, line.state),
            "Version": line.version,
            "Before": line.previous_version,
            "By": line.actor,
            "Reason": line.reason,
        }
        for line in lines
    ]


def run_rows(lines: Sequence[RunLine]) -> list[Row]:
    """One row for each run of a pipeline, whatever became of it."""
    return [
        {
            "Started (UTC)": utc(line.started_at),
            "Use case": line.use_case,
            "Run": line.run_id,
            "Kind": line.kind,
            "Outcome": spoken(line.outcome or "running"),
            "Seconds": _seconds(line.started_at, line.finished_at),
            "Batch": line.batch_number,
            "Reason": line.reason or line.error,
        }
        for line in lines
    ]


def utc(moment: datetime | None) -> datetime | None:
    """Without its zone: the heading says UTC, and a browser would turn a zoned time into its own."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def _seconds(start: datetime, end: datetime | None) -> float | None:
    return round((end - start).total_seconds(), 1) if end else None
