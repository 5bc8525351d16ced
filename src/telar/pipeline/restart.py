"""Starting again with an upstream that can be restarted: a new cycle here, its first batch there."""

from telar.adapters.warehouse import batches, requests
from telar.pipeline.context import Context
from telar.pipeline.failpoints import reach

FIRST_CYCLE = 1


def restart_source(context: Context, run_id: str | None = None) -> int:
    """Begins a new cycle and restarts the upstream; returns the cycle's number.

    A run (``run_id``) that already asked in the current cycle restarts nothing, so its retries do not begin more.
    The cycle is committed first. Killed before the upstream was asked, this call or the next fetch asks it: a new
    cycle without any request is one whose upstream may not have been restarted yet, and restarting twice is harmless.
    """
    asked = requests.runs_of(context.warehouse, *context.feed, _cycle(context))
    if run_id in asked:
        return _cycle(context)
    if asked:
        batches.begin_cycle(context.warehouse, *context.feed)
    reach("restart.before_request")
    context.client.restart(context.source.group_number)
    reach("restart.after_request")
    return _cycle(context)


def finish_restart(context: Context) -> None:
    """Restarts the upstream where a new cycle was begun and nothing was asked in it."""
    cycle = _cycle(context)
    if cycle > FIRST_CYCLE and not requests.runs_of(context.warehouse, *context.feed, cycle):
        context.client.restart(context.source.group_number)


def _cycle(context: Context) -> int:
    return batches.current_cycle(context.warehouse, *context.feed)
