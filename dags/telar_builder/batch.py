"""The DAG of a use case: one run asks the source once, and takes that batch as far as the decisions let it."""

from datetime import timedelta

from airflow.sdk import DAG, Param

from telar.domain.use_case import UseCase
from telar.settings import PipelineSettings, PlaceSettings
from telar_builder import steps
from telar_builder.explanation import explain
from telar_builder.timetable import timetable

LONGEST_DELAY = timedelta(minutes=10)


def batch_dag(use_case: UseCase, settings: PipelineSettings, place: PlaceSettings) -> DAG:
    """The DAG named like the use case.

    Raises:
        ConfigurationError: TELAR_START_DATE or the schedule cannot be read.
    """
    with DAG(
        dag_id=use_case.name,
        dag_display_name=use_case.title,
        description=use_case.description,
        doc_md=explain(use_case, settings, place),
        params=_params(),
        tags=["telar", use_case.task],
        default_args=_retries(settings) | {"on_failure_callback": steps.tell_failure},
        **timetable(use_case, settings),
    ) as dag:
        _wire()
    return dag


def _wire() -> None:
    """``decide`` and ``gate`` may go straight to ``record``; without a batch ``fetch`` skips all but that."""
    decide, gate, record = steps.decide(), steps.gate(), steps.record()
    steps.fetch() >> steps.prepare() >> decide >> steps.train() >> gate >> steps.promote() >> record
    [decide, gate] >> record


def _retries(settings: PipelineSettings) -> dict[str, object]:
    return {
        "retries": settings.task_retries,
        "retry_delay": timedelta(seconds=settings.retry_seconds),
        "retry_exponential_backoff": True,
        "max_retry_delay": LONGEST_DELAY,
    }


def _params() -> dict[str, Param]:
    return {
        "force_training": Param(
            False,
            type="boolean",
            title="Force training",
            description="Train on all clean rows, whatever the rules on the data say. The gate still decides.",
        ),
        "restart_source": Param(
            False,
            type="boolean",
            title="Restart the source",
            description=(
                "Ask the source for its first batch again, in a new cycle. Nothing stored is deleted, but where the "
                "use case clears its tables when its source begins again."
            ),
        ),
    }
