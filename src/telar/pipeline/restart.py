"""Starting again with an upstream that can be restarted: a new cycle here, its first batch there."""

from datetime import UTC, datetime
from functools import partial

from telar.adapters.warehouse import clearing, requests, runs, windows
from telar.domain.use_case import DataApiSource
from telar.pipeline.context import Context
from telar.pipeline.failpoints import reach


def restart_source(context: Context, run_id: str | None = None) -> int:
    """Begins a new cycle and restarts the upstream; returns the cycle's number.

    A run (``run_id``) in whose time the current cycle was begun restarts nothing: its retries do not begin more.
    The cycle is committed first. Killed before the upstream was asked, this call or the next fetch asks it: a new
    cycle without any request is one whose upstream may not have been restarted yet, and restarting twice is harmless.
    """
    cycle = windows.current_cycle(context.warehouse, *context.feed)
    asked = requests.in_cycle(context.warehouse, *context.feed, cycle)
    if asked and run_id is not None and _began(context, run_id) <= asked[0].requested_at:
        return cycle
    if asked:
        cycle = windows.begin_cycle(context.warehouse, *context.feed, datetime.now(UTC), after=cycle)
    reach("restart.before_request")
    restart = partial(context.client.restart, context.source.group_number)
    windows.restart_unasked(context.warehouse, *context.feed, datetime.now(UTC), restart)
    reach("restart.after_request")
    return cycle


def _began(context: Context, run_id: str) -> datetime:
    runs.start(context.warehouse, context.name, run_id, "batch")
    run = runs.get(context.warehouse, context.name, run_id)
    return run.started_at if run else datetime.now(UTC)


def begin_again(context: Context, ended: int) -> int:
    """The cycle after ``ended``, in which everything was handed out; the next fetch restarts the upstream for it."""
    cycle = windows.begin_cycle(context.warehouse, *context.feed, datetime.now(UTC), after=ended)
    reach("restart.after_cycle")
    return cycle


def restarts(context: Context) -> bool:
    """Whether the use case's source is begun again when everything was handed out."""
    source = context.use_case.source
    return isinstance(source, DataApiSource) and source.on_exhausted == "restart"


def clear_former(context: Context) -> None:
    """Empties the tables of what belongs to former cycles, where the source is one that is begun again; idempotent."""
    source = context.use_case.source
    if not isinstance(source, DataApiSource) or source.on_exhausted != "restart":
        return
    cycle = windows.current_cycle(context.warehouse, *context.feed)
    clearing.clear_cycles(context.warehouse, context.use_case, context.feed, cycle, source.keep_raw, _reach)


def _reach(place: str) -> None:
    reach(f"restart.{place}")
