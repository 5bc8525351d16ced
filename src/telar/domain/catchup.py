"""Which missed runs are still worth making: at most so many schedule intervals back."""

from datetime import datetime, timedelta


def too_old(due: datetime, now: datetime, interval: timedelta, most: int) -> str | None:
    """Why the run that was due at ``due`` is not made up for any more; None where it is.

    ``interval`` is the time between two runs of the schedule, ``most`` how many of them are caught up.
    """
    if interval <= timedelta(0):
        return None
    late = int((now - due) / interval)
    if late <= most:
        return None
    return (
        f"due at {due:%Y-%m-%d %H:%M:%S} UTC, {late} intervals of the schedule ago; "
        f"at most {most} are caught up (TELAR_MAX_CATCHUP)"
    )
