"""The next batch of a source that can be asked again: the held-out parts once, then the training part."""

from datetime import UTC, datetime, timedelta

from telar.adapters.warehouse import batches, decisions, progress, raw, requests, runs, windows
from telar.domain.answer import PartSizes, SourceDescription
from telar.domain.errors import SourceError
from telar.domain.lifecycle import Outcome, RequestOutcome
from telar.domain.partitions import HELD_OUT, TRAIN, Partition, feed_of
from telar.domain.resume import REPAIR, ResumeFigures, decide_resume
from telar.pipeline.context import Context, Replayable
from telar.pipeline.failpoints import reach
from telar.pipeline.fetched import Ended, Fetched, Wait

NO_WINDOW = timedelta()


def replay(context: Context, client: Replayable, run_id: str) -> Fetched | Wait | Ended:
    """The batch of this run; whatever a killed run left undone is asked for again, and nothing is stored twice.

    Raises:
        SourceError: the source gave no usable answer; what is stored stays as it is.
    """
    raw.ensure(context.warehouse, context.use_case)
    description, sizes = client.describe(), client.sizes()
    for part in (*HELD_OUT, TRAIN):
        while (number := _next(context, part, sizes, run_id)) is not None:
            stored = _store(context, client, part, number, description, run_id)
            if isinstance(stored, Wait):
                return stored
            if part == TRAIN and stored is not None:
                return Fetched(stored)
    reason = f"all {sizes.batches(TRAIN)} batches of the training part are stored"
    runs.finish(context.warehouse, context.name, run_id, Outcome.END_OF_DATA, reason=reason)
    return Ended(Outcome.END_OF_DATA, reason)


def _next(context: Context, part: Partition, sizes: PartSizes, run_id: str) -> int | None:
    """The number to ask for; an index that is not what is stored is put right, with a decision that says so."""
    feed = _feed(context, part)
    cycle = windows.current_cycle(context.warehouse, *context.feed)
    found = progress.look(context.warehouse, feed, cycle, datetime.now(UTC))
    figures = ResumeFigures(part=part, index=found.index, stored=found.stored, batches=sizes.batches(part))
    decision = decide_resume(figures)
    if decision.choice == REPAIR:
        decisions.record(context.warehouse, context.name, None, run_id, "resume", decision, figures)
        progress.correct(context.warehouse, feed, figures.last_stored)
    return figures.next_number


def _store(
    context: Context, client: Replayable, part: Partition, number: int, description: SourceDescription, run_id: str
) -> int | Wait | None:
    """The stored batch's id; None where another run has just stored that number."""
    reserved = windows.reserve(context.warehouse, *_feed(context, part), NO_WINDOW, run_id, datetime.now(UTC))
    if isinstance(reserved, windows.Early):
        return Wait(reserved.until)
    reach("fetch.before_request")
    try:
        answer = client.fetch(part, number)
    except SourceError as error:
        failed = RequestOutcome.FAILED
        requests.finish(context.warehouse, reserved.request_id, failed, error.status_code, error=str(error))
        raise
    reach("fetch.after_answer")
    stored = batches.store(
        context.warehouse, context.use_case, reserved.request_id, reserved, answer, description, run_id, _reach
    )
    reach("fetch.after_commit")
    return stored


def _reach(place: str) -> None:
    reach(f"fetch.{place}")


def _feed(context: Context, part: Partition) -> tuple[str, str, int]:
    name, kind, group = context.feed
    return name, feed_of(kind, part), group
