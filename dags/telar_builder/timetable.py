"""When the runs of a use case are due, and which of the missed ones are still worth making."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from croniter import croniter

from telar.domain.errors import ConfigurationError
from telar.domain.use_case import UseCase
from telar.settings import PipelineSettings

if TYPE_CHECKING:
    from airflow.sdk.types import DagRunProtocol

MANUAL = "manual"
NO_INSTALL_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def timetable(use_case: UseCase, settings: PipelineSettings) -> dict[str, Any]:
    """``schedule``, ``start_date`` and ``catchup`` of the DAG; missed runs are caught up since the day of the install.

    Raises:
        ConfigurationError: TELAR_START_DATE is no date, or the schedule no cron expression.
    """
    start = _start(settings.start_date)
    return {
        "schedule": schedule(use_case, settings),
        "start_date": start or NO_INSTALL_DATE,
        "catchup": start is not None,
    }


def schedule(use_case: UseCase, settings: PipelineSettings) -> str | None:
    """The cron expression, TELAR_SCHEDULE before the use case's own; None where runs are started by hand only."""
    asked = settings.schedule or use_case.schedule
    if asked == MANUAL:
        return None
    if not croniter.is_valid(asked):
        raise ConfigurationError(f"{use_case.name}: the schedule {asked!r} is no cron expression; or say {MANUAL}")
    return asked


def due_of(run: "DagRunProtocol") -> datetime | None:
    """When a scheduled run was due; None for manual runs and backfills, which somebody wants now."""
    return run.run_after if run.run_type == "scheduled" else None


def _start(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(
            f"TELAR_START_DATE is {text!r}, not an ISO date; such as 2026-11-21T08:00:00Z"
        ) from error
    return start if start.tzinfo else start.replace(tzinfo=UTC)
