"""The tasks of a batch: each opens the context, makes one step of the pipeline, and hands on nothing but ids.

What a step needs is imported within it, so that parsing a DAG stays cheap.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.sdk import TriggerRule, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException

from telar_builder.timetable import due_of

if TYPE_CHECKING:
    from telar.pipeline.context import Context

log = logging.getLogger(__name__)


@task.short_circuit(ignore_downstream_trigger_rules=False)
def fetch() -> int | None:
    """Ask the source once and store what it answers; nothing where there is no batch for this run."""
    from telar.pipeline.fetch import Ended, Wait, fetch

    asked = get_current_context()
    with _context() as context:
        _restart_if_asked(context, asked)
        fetched = fetch(context, asked["run_id"], due=None if _waited(asked) else due_of(asked["dag_run"]))
    if isinstance(fetched, Wait):
        log.info("The source's window is not over; this run waits until %s without holding a slot", fetched.until)
        raise AirflowRescheduleException(fetched.until)
    if isinstance(fetched, Ended):
        log.info("No batch for this run: %s", fetched.reason)
        return None
    return fetched.batch_id


@task
def prepare() -> None:
    """Check the batch, clean its rows, compare it with the batches before."""
    from telar.pipeline.prepare import prepare

    with _context() as context:
        log.info("%s", prepare(context, _batch()))


@task.branch
def decide() -> str:
    """Train, or go straight to the record."""
    from telar.pipeline.decide import decide

    asked = get_current_context()
    with _context() as context:
        decision = decide(context, _batch(), asked["run_id"], force=asked["params"]["force_training"])
    log.info("%s: %s", decision.choice, decision.reason)
    return "train" if decision.choice == "train" else "record"


@task(max_active_tis_per_dag=1)
def train() -> str:
    """Make a challenger and register it; its version goes on."""
    from telar.domain.errors import NotConvertible, ParityFailed
    from telar.pipeline.train import train

    with _context() as context, _tried_once(NotConvertible, ParityFailed):
        trained = train(context, _batch(), get_current_context()["run_id"])
    return trained.version


@task.branch(max_active_tis_per_dag=1)
def gate() -> str:
    """Compare the challenger with production; promote, or go straight to the record."""
    from telar.pipeline.gate import gate

    with _context() as context:
        decision = gate(context, _batch(), _version(), get_current_context()["run_id"])
    log.info("%s: %s", decision.choice, decision.reason)
    return "promote" if decision.choice == "promote" else "record"


@task(max_active_tis_per_dag=1)
def promote() -> None:
    """Put the challenger into production, unless production moved and it does not beat the new one."""
    from telar.pipeline.promote import promote

    with _context() as context:
        decision = promote(context, _batch(), _version(), get_current_context()["run_id"])
    log.info("%s: %s", decision.choice, decision.reason)


@task(trigger_rule=TriggerRule.NONE_FAILED)
def record() -> str:
    """Write down how the run ended, and why."""
    from telar.pipeline.record import record

    with _context() as context:
        return str(record(context, get_current_context()["run_id"], _batch() or None))


def tell_failure(asked: Mapping[str, Any]) -> None:
    """Airflow's callback after the last try of a step: the run's outcome is ``failed``, with the cause."""
    from telar.pipeline.record import record_failure

    error = asked.get("exception") or "the process of the task was killed"
    if isinstance(error, AirflowFailException) and error.__cause__:
        error = error.__cause__
    told = f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else error
    with _context(asked["dag_run"].dag_id) as context:
        record_failure(context, asked["run_id"], f"{asked['task_instance'].task_id}: {told}")


def _context(name: str | None = None) -> "Context":
    """The context of the DAG's own use case, read anew: its file may have changed since the DAG was parsed.

    Raises:
        AirflowFailException: a setting or the file is at fault; another try would not help.
    """
    from telar.domain.errors import ConfigurationError
    from telar.pipeline.context import open_context
    from telar.settings import UseCaseSettings, read
    from telar.use_cases import discover

    with _tried_once(ConfigurationError):
        use_case = discover(read(UseCaseSettings).use_cases).get(name or get_current_context()["dag_run"].dag_id)
        return open_context(use_case)


@contextmanager
def _tried_once(*errors: type[Exception]) -> Iterator[None]:
    """Of these errors another try would make the same again, so Airflow is told to make none."""
    try:
        yield
    except errors as error:
        raise AirflowFailException(str(error)) from error


def _restart_if_asked(context: "Context", asked: Mapping[str, Any]) -> None:
    """Once for a run: not where it already waited for the window, nor where it already has its batch."""
    from telar.adapters.warehouse import batches
    from telar.pipeline.restart import restart_source

    if not asked["params"]["restart_source"] or _waited(asked):
        return
    if batches.of_run(context.warehouse, context.name, asked["run_id"]) is None:
        log.info("The source begins again; this is cycle %s", restart_source(context, asked["run_id"]))


def _waited(asked: Mapping[str, Any]) -> bool:
    """Whether this run waited for the window before; it came in time then, however late it is by now."""
    return bool(asked.get("task_reschedule_count"))


def _batch() -> int:
    return int(_pulled("fetch") or 0)


def _version() -> str:
    return str(_pulled("train"))


def _pulled(step: str) -> int | str | None:
    id_of: int | str | None = get_current_context()["ti"].xcom_pull(task_ids=step)
    return id_of
