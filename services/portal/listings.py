"""The history's lines as rows of the tables that people read: words for columns, UTC for times, text for numbers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.portal.words import ROWS_FROM, figure, spoken
from telar.adapters.warehouse.history_lines import BatchLine, DecisionLine, PromotionLine, RunLine

Row = dict[str, Any]
QUESTIONS = {"train": "Train?", "promote": "Promote?"}
VERDICTS = {"train": ("fired", "–"), "promote": ("passed", "FAILED")}
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
            "Batch": line.batch_number,
            "Rows": line.total_records,
            "Rows from": ROWS_FROM[line.provenance] if line.provenance else None,
            "Status": spoken(line.status),
            "Decision": line.decision,
            "Outcome": spoken(line.outcome) if line.outcome else None,
            "Version": line.model_version,
            "Reason": line.reason or line.error,
            "Clean rows": line.clean_rows,
            "MLflow run": line.mlflow_run_id,
        }
        for line in lines
    ]


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


def check_rows(decision: DecisionLine) -> list[Row]:
    """One row for each check of a decision, those that decided first: rules that fired, or demands not met."""
    yes, no = VERDICTS.get(decision.kind, ("yes", "no"))
    decisive = decision.kind == "train"
    ordered = sorted(decision.checks, key=lambda check: check.holds is not decisive)
    return [
        {
            "Check": spoken(check.name),
            "Value": figure(check.value),
            "Threshold": figure(check.threshold),
            "Result": yes if check.holds else no,
        }
        for check in ordered
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
