"""One whole batch's way in one process, without Airflow: what `telar run` does."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from telar.domain.lifecycle import Outcome
from telar.pipeline.context import Context
from telar.pipeline.decide import TRAIN, decide
from telar.pipeline.fetch import Ended, Fetched, Wait, fetch
from telar.pipeline.gate import PROMOTE, gate
from telar.pipeline.prepare import prepare
from telar.pipeline.promote import promote
from telar.pipeline.record import record, record_failure
from telar.pipeline.train import train


def run_batch(
    context: Context, run_id: str, force: bool = False, tell: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Fetches one batch and takes it as far as it goes; waits where the window is not over.

    ``tell`` is given a sentence before each step. A failed run is recorded and its error raised.
    """
    try:
        return _run(context, run_id, force, tell)
    except Exception as error:
        record_failure(context, run_id, error)
        raise


def _run(context: Context, run_id: str, force: bool, tell: Callable[[str], None]) -> Outcome:
    tell("asking the upstream for a batch")
    fetched = fetch_in_time(context, run_id, tell)
    if isinstance(fetched, Ended):
        tell(fetched.reason)
        return record(context, run_id)
    batch_id = fetched.batch_id
    tell(f"preparing batch {batch_id}")
    prepare(context, batch_id)
    decision = decide(context, batch_id, run_id, force)
    tell(f"{decision.choice}: {decision.reason}")
    if decision.choice == TRAIN:
        _train_and_promote(context, batch_id, run_id, tell)
    return record(context, run_id, batch_id)


def fetch_in_time(context: Context, run_id: str, tell: Callable[[str], None] = lambda _: None) -> Fetched | Ended:
    """`fetch`, waiting in this process until the window lets it ask."""
    while isinstance(result := fetch(context, run_id), Wait):
        seconds = max((result.until - datetime.now(UTC)).total_seconds(), 0)
        tell(f"the window is open again in {seconds:.0f} s")
        time.sleep(seconds)
    return result


def _train_and_promote(context: Context, batch_id: int, run_id: str, tell: Callable[[str], None]) -> None:
    trained = train(context, batch_id, run_id)
    verdict = gate(context, batch_id, trained.version, run_id)
    tell(f"version {trained.version}, {verdict.choice}: {verdict.reason}")
    if verdict.choice == PROMOTE:
        promote(context, batch_id, trained.version, run_id)
