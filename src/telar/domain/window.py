"""When the upstream may be asked again: one request for each window, whoever starts the run."""

from datetime import datetime, timedelta

MARGIN = 0.05
SMALLEST_MARGIN = timedelta(seconds=0.5)


def next_request_at(last_request: datetime, window: timedelta) -> datetime:
    """The window's end after ``last_request`` plus a margin of 5 %, at least half a second; no window, no wait."""
    if not window:
        return last_request
    return last_request + window + max(window * MARGIN, SMALLEST_MARGIN)
