"""Starting again with an upstream that can be restarted: a new cycle here, its first batch there."""

from datetime import UTC, datetime

from telar.adapters.warehouse import requests, windows
from telar.pipeline.context import Context
from telar.pipeline.failpoints import reach


def restart_source(context: Context, run_id: str | None = None) -> int:
    """Begins a new cycle and restarts the upstream; returns the cycle's number.

    A run (``run_id``) that already asked in the current cycle restarts nothing, so its retries do not begin more.
    The cycle is committed first. Killed before the upstream was asked, this call or the next fetch asks it: a new
    cycle without any request is one whose upstream may not have been restarted yet, and restarting twice is harmless.
    """
    cycle = windows.current_cycle(context.warehouse, *context.feed)
    runs = [asked.run_id for asked in requests.in_cycle(context.warehouse, *context.feed, cycle)]
    if run_id in runs:
        return cycle
    if runs:
        cycle = windows.begin_cycle(context.warehouse, *context.feed, datetime.now(UTC))
    reach("restart.before_request")
    context.client.restart(context.source.group_number)
    reach("restart.after_request")
    return cycle


def finish_restart(context: Context) -> None:
    """Restarts the upstream where a new cycle was begun and nothing was asked in it."""
    cycle = windows.current_cycle(context.warehouse, *context.feed)
    if cycle > windows.FIRST_CYCLE and not requests.in_cycle(context.warehouse, *context.feed, cycle):
        context.client.restart(context.source.group_number)
