"""One request to the upstream: its batch stored exactly once, or the reason why there is none."""

from datetime import UTC, datetime, timedelta
from functools import partial

from croniter import croniter

from telar.adapters.sources import DataApiClient
from telar.adapters.warehouse import batches, raw, requests, runs, windows
from telar.domain.answer import SourceDescription
from telar.domain.catchup import too_old
from telar.domain.errors import EndOfData, SourceError
from telar.domain.lifecycle import Outcome, RequestOutcome
from telar.domain.window import next_request_at
from telar.pipeline.context import Context
from telar.pipeline.failpoints import reach
from telar.pipeline.fetched import Ended, Fetched, Wait
from telar.pipeline.replay import replay
from telar.pipeline.restart import begin_again, clear_former, restarts

__all__ = ["Ended", "Fetched", "Wait", "fetch"]

SHORTEST_WAIT = timedelta(seconds=1)


def fetch(
    context: Context, run_id: str, due: datetime | None = None, now: datetime | None = None
) -> Fetched | Wait | Ended:
    """The batch of this run; asked again after a kill it returns the one that was stored, or asks anew.

    ``due`` is when a run of the schedule was due (None for one made by hand or a backfill): one that is older than
    the catch-up allows ends as missed. ``now`` is the clock, for tests.

    Raises:
        SourceError: the upstream gave no usable answer; nothing is stored.
    """
    runs.start(context.warehouse, context.name, run_id, "batch")
    if (stored := batches.of_run(context.warehouse, context.name, run_id)) is not None:
        batches.reopen(context.warehouse, stored.id)
        return Fetched(stored.id)
    if due is not None and (missed := _missed(context, due, now or datetime.now(UTC))):
        return _end(context, run_id, Outcome.MISSED, missed)
    if not isinstance(context.client, DataApiClient):
        return replay(context, context.client, run_id)
    return _once(context, context.client, run_id, now)


def _once(
    context: Context, client: DataApiClient, run_id: str, now: datetime | None, may_restart: bool = True
) -> Fetched | Wait | Ended:
    """From an upstream that may advance with every request; begun again at most once in a run."""
    raw.ensure(context.warehouse, context.use_case)
    description = client.describe()
    clear_former(context)
    now = now or datetime.now(UTC)
    restart = partial(client.restart, context.source.group_number)
    reserved = windows.reserve(context.warehouse, *context.feed, context.window, run_id, now, restart)
    if isinstance(reserved, windows.Early):
        return Wait(reserved.until)
    try:
        return _ask(context, client, run_id, reserved, description, now)
    except EndOfData as end:
        told = _note_end(context, run_id, reserved, description, end)
        if may_restart and restarts(context):
            begin_again(context, reserved.cycle)
            return _once(context, client, run_id, None, may_restart=False)
        return _end(context, run_id, Outcome.END_OF_DATA, told)


def _ask(
    context: Context,
    client: DataApiClient,
    run_id: str,
    reserved: windows.Reserved,
    description: SourceDescription,
    now: datetime,
) -> Fetched | Wait | Ended:
    reach("fetch.before_request")
    try:
        answer = client.fetch(context.source.group_number)
    except EndOfData:
        raise
    except SourceError as error:
        _give_up(context, reserved, error)
        raise
    reach("fetch.after_answer")
    _hold_window(context, answer.received_at)
    batch_id = batches.store(
        context.warehouse, context.use_case, reserved.request_id, reserved, answer, description, run_id, _reach
    )
    reach("fetch.after_commit")
    if batch_id is not None:
        return Fetched(batch_id)
    return Wait(max(next_request_at(now, context.window), now + SHORTEST_WAIT))


def _hold_window(context: Context, received_at: datetime) -> None:
    """Counts the window from the answer: an upstream that took long to answer may have turned over just before."""
    until = next_request_at(received_at, context.window)
    with context.warehouse.begin() as connection:
        row = windows.locked(connection, *context.feed)
        windows.change(connection, *context.feed, next_request_at=max(row.next_request_at, until))


def _reach(place: str) -> None:
    reach(f"fetch.{place}")


def _give_up(context: Context, reserved: windows.Reserved, error: SourceError) -> None:
    """The request's end on record; where the upstream surely handed out nothing, it may be asked again at once."""
    if error.nothing_handed_out:
        windows.release(context.warehouse, reserved.request_id, str(error), datetime.now(UTC), error.status_code)
    else:
        requests.finish(
            context.warehouse, reserved.request_id, RequestOutcome.LOST, error.status_code, error=str(error)
        )


def _note_end(
    context: Context, run_id: str, reserved: windows.Reserved, description: SourceDescription, end: EndOfData
) -> str:
    """Puts the end on record, with the batches that never arrived; says it."""
    requests.finish(context.warehouse, reserved.request_id, RequestOutcome.END_OF_DATA, end.status_code, error=str(end))
    lost = _lost_at_the_end(context, reserved, description)
    batches.mark_lost(context.warehouse, reserved, lost, run_id)
    told = f"; {len(lost)} of its batches never arrived" if lost else ""
    return f"the upstream has handed out everything ({end}){told}"


def _lost_at_the_end(context: Context, reserved: windows.Reserved, description: SourceDescription) -> list[int]:
    """The numbers that no later batch can show to be missing.

    An upstream that tells how many batches it has is believed. For one that does not, every request after the last
    stored batch that may have been answered counts as one lost batch: it may name one too many, never one too few.
    """
    last = reserved.last_batch_number or 0
    if description.batches is not None:
        return list(range(last + 1, description.batches + 1))
    asked = requests.in_cycle(context.warehouse, *context.feed, reserved.cycle)
    stored = max((each.id for each in asked if each.outcome == RequestOutcome.STORED), default=0)
    unheard = [each for each in asked if each.id > stored and each.outcome in (None, RequestOutcome.LOST)]
    return list(range(last + 1, last + 1 + len(unheard)))


def _end(context: Context, run_id: str, outcome: Outcome, reason: str) -> Ended:
    runs.finish(context.warehouse, context.name, run_id, outcome, reason=reason)
    return Ended(outcome, reason)


def _missed(context: Context, due: datetime, now: datetime) -> str | None:
    """Why a run that was due then is too late; an interval is the time to the next run of the schedule."""
    following: datetime = croniter(context.schedule, due).get_next(datetime)
    return too_old(due, now, following - due, context.settings.max_catchup)
