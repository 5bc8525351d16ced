"""A past of TINY, written by the adapters: two batches, one of them promoted, a lost one, a failed run, an outsider."""

from datetime import UTC, datetime, timedelta

from telar.adapters.warehouse import Warehouse, batches, decisions, ledger, runs, windows
from telar.domain.answer import Answer, SourceDescription
from telar.domain.decisions import TrainingFigures, decide_training
from telar.domain.drift import Change
from telar.domain.lifecycle import Outcome, PromotionState, Provenance
from telar.domain.rules import DriftRules
from tests.support.tiny import TINY

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SOURCE = "http://127.0.0.1:8088"
SAMPLE = SourceDescription(provenance=Provenance.SAMPLE, origin="generated sample of Tiny; not real data", batches=4)
FILE = SourceDescription(provenance=Provenance.FILE, origin="Tiny, 900 rows from tiny.parquet", batches=4)
RULES = DriftRules(min_new_rows=100)


def store(warehouse: Warehouse, number: int, description: SourceDescription = SAMPLE, rows: int = 120) -> int:
    """Batch ``number`` of TINY, stored by the run of that number; its id."""
    at = START + timedelta(minutes=5 * number)
    reserved = windows.reserve(warehouse, "tiny", SOURCE, 1, timedelta(0), f"run-{number}", at)
    assert isinstance(reserved, windows.Reserved)
    frame = TINY.sample(rows, number).astype(str)
    answer = Answer(
        group_number=1,
        batch_number=number,
        columns=tuple(frame.columns),
        rows=list(frame.itertuples(index=False, name=None)),
        payload_sha256="0" * 64,
        requested_at=at,
        received_at=at + timedelta(seconds=1),
    )
    stored = batches.store(warehouse, TINY, reserved.request_id, reserved, answer, description, f"run-{number}")
    assert stored is not None
    return stored


def figures(version: str | None, change: float) -> TrainingFigures:
    """What the decision to train looked at."""
    return TrainingFigures(
        production_version=version,
        forced=False,
        refused=None,
        batch_rows=118,
        pending_rows=118,
        changes=(Change(column="Length", statistic="mean", previous=5.0, current=5.0 * (1 + change), change=change),),
        shifts=(),
        rules=RULES,
    )


def write_past(warehouse: Warehouse) -> None:
    """All of it."""
    first = store(warehouse, 1)
    runs.start(warehouse, "tiny", "run-1", "scheduled")
    decision = decide_training(figures(None, 0.0))
    decisions.record(warehouse, "tiny", first, "run-1", "train", decision, figures(None, 0.0))
    ledger.append(
        warehouse, "tiny", "1", PromotionState.INTENDED, actor="pipeline", run_id="run-1", reason="first", evidence={}
    )
    ledger.append(
        warehouse, "tiny", "1", PromotionState.DONE, actor="pipeline", run_id="run-1", reason="first", evidence={}
    )
    done = {"status": "prepared", "clean_rows": 118, "decision": "train", "outcome": "promoted"}
    batches.update(warehouse, first, **done, reason=decision.reason, model_version="1")
    runs.finish(warehouse, "tiny", "run-1", Outcome.PROMOTED, reason="first", batch_id=first)
    third = store(warehouse, 3, FILE)  # batch 2 is lost by the jump
    quiet = decide_training(figures("1", 0.02))
    decisions.record(warehouse, "tiny", third, "run-3", "train", quiet, figures("1", 0.02))
    batches.update(warehouse, third, decision="skip", outcome="not_trained", reason=quiet.reason)
    runs.start(warehouse, "tiny", "run-4", "manual")
    runs.finish(warehouse, "tiny", "run-4", Outcome.FAILED, error="SourceUnavailable: no answer within 60 s")
    runs.start(warehouse, "tiny", "run-5", "scheduled")
    runs.finish(warehouse, "tiny", "run-5", Outcome.END_OF_DATA, reason="everything was handed out")
    runs.start(warehouse, "other", "run-1", "manual")
    ledger.append(
        warehouse,
        "tiny",
        "2",
        PromotionState.EXTERNAL,
        previous_version="1",
        actor="unknown",
        run_id=None,
        reason="the alias was moved outside Telar",
        evidence={},
    )
