"""How a run ended, from what is stored: its outcome and reason, in the run's row and the batch's."""

from datetime import UTC, datetime

from telar.adapters.warehouse import batches, decisions, runs
from telar.domain.errors import DataError
from telar.domain.lifecycle import Outcome
from telar.pipeline.context import Context
from telar.pipeline.decide import TRAIN
from telar.pipeline.failpoints import reach
from telar.pipeline.gate import PROMOTE


def record(context: Context, run_id: str, batch_id: int | None = None) -> Outcome:
    """Writes and returns the outcome of a run that did not fail; ``batch_id`` None where it ended without a batch.

    The outcome follows from the stored decisions alone, so it can be written again.
    """
    if batch_id is None:
        return _of_run_without_batch(context, run_id)
    outcome, reason = _outcome(context, batch_id, run_id)
    reach("record.before_finish")
    batches.update(
        context.warehouse, batch_id, outcome=outcome, reason=reason, error=None, finished_at=datetime.now(UTC)
    )
    runs.finish(context.warehouse, context.name, run_id, outcome, reason=reason, batch_id=batch_id)
    return outcome


def record_failure(context: Context, run_id: str, error: BaseException | str) -> None:
    """Writes that a run failed, and why, to the run's row and to its batch, where it has one."""
    told = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    runs.start(context.warehouse, context.name, run_id, "batch")
    batch = batches.of_run(context.warehouse, context.name, run_id)
    if batch is not None:
        batches.update(context.warehouse, batch.id, outcome=Outcome.FAILED, error=told, finished_at=datetime.now(UTC))
    runs.finish(
        context.warehouse, context.name, run_id, Outcome.FAILED, error=told, batch_id=batch.id if batch else None
    )


def _outcome(context: Context, batch_id: int, run_id: str) -> tuple[Outcome, str]:
    training = decisions.latest(context.warehouse, context.name, TRAIN, batch_id, run_id)
    if training is None:
        raise DataError(
            f"batch {batch_id} of {context.name}: run {run_id} decided nothing about it; run `decide` first"
        )
    if training.choice != TRAIN:
        return Outcome.NOT_TRAINED, training.reason
    verdict = decisions.latest(context.warehouse, context.name, PROMOTE, batch_id, run_id)
    if verdict is None:
        raise DataError(f"batch {batch_id} of {context.name}: run {run_id} trained but never judged; run `gate` first")
    return (Outcome.PROMOTED if verdict.choice == PROMOTE else Outcome.REJECTED), verdict.reason


def _of_run_without_batch(context: Context, run_id: str) -> Outcome:
    run = runs.get(context.warehouse, context.name, run_id)
    if run is None or run.outcome is None:
        raise DataError(f"run {run_id} of {context.name} has neither a batch nor an outcome; run `fetch` first")
    return Outcome(run.outcome)
