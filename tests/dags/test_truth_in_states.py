"""Airflow tells the truth: for each way that a run can end, its state, every task's state and the recorded outcome."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from telar.adapters.warehouse import batches, open_warehouse, runs
from telar.domain.lifecycle import Outcome
from tests.dags.airflow import Run, Worker
from tests.support.proxy import Broken, Proxy
from tests.support.spine import Spine

STEPS = ("fetch", "prepare", "decide", "train", "gate", "promote", "record")
DONE, SKIPPED, FAILED, NOT_REACHED = "success", "skipped", "failed", "upstream_failed"


@dataclass(frozen=True)
class Ending:
    """One way to end: ``before`` are the confs of earlier runs, ``broken`` is which service answers what instead."""

    name: str
    dag: str
    outcome: Outcome
    tasks: tuple[str, ...]
    says: str
    before: tuple[Mapping[str, object], ...] = ()
    conf: Mapping[str, object] = field(default_factory=dict)
    broken: Mapping[str, Broken] = field(default_factory=dict)
    tries: int = 2


def failing(step: str) -> tuple[str, ...]:
    """The states of a run whose ``step`` failed."""
    at = STEPS.index(step)
    return (*[DONE] * at, FAILED, *[NOT_REACHED] * (len(STEPS) - at - 1))


def skipping(*steps: str) -> tuple[str, ...]:
    """The states of a run that went well without ``steps``."""
    return tuple(SKIPPED if step in steps else DONE for step in STEPS)


ENDINGS = (
    Ending("promoted", "goes_well", Outcome.PROMOTED, skipping(), ""),
    Ending(
        "not trained",
        "stays_the_same",
        Outcome.NOT_TRAINED,
        skipping("train", "gate", "promote"),
        "no drift rule fired",
        before=({},),
    ),
    Ending(
        "rejected",
        "gains_nothing",
        Outcome.REJECTED,
        skipping("promote"),
        "must be at least 0.9 better",
        before=({},),
        conf={"force_training": True},
    ),
    Ending(
        "end of data",
        "has_one_batch",
        Outcome.END_OF_DATA,
        skipping("prepare", "decide", "train", "gate", "promote"),
        "handed out everything",
        before=({},),
    ),
    Ending(
        "fetch 500",
        "source_fails",
        Outcome.FAILED,
        failing("fetch"),
        "500",
        broken={"source": Broken("GET", "/source_fails/data", 500, '{"detail": "out of order"}')},
    ),
    Ending(
        "bad JSON",
        "source_babbles",
        Outcome.FAILED,
        failing("fetch"),
        "JSON",
        broken={"source": Broken("GET", "/source_babbles/data", 200, "<html>all is well</html>")},
    ),
    Ending("train raises", "cannot_be_fitted", Outcome.FAILED, failing("train"), "max_depth"),
    Ending(
        "train cannot convert",
        "cannot_be_converted",
        Outcome.FAILED,
        failing("train"),
        "train: NotConvertible: cannot_be_converted: candidate spreading",
        tries=1,
    ),
    Ending(
        "register raises",
        "registry_fails",
        Outcome.FAILED,
        failing("train"),
        "registry_fails",
        broken={"mlflow": Broken("POST", "/model-versions/create", 503, '{"error_code": "INTERNAL_ERROR"}')},
    ),
    Ending(
        "promote raises",
        "alias_fails",
        Outcome.FAILED,
        failing("promote"),
        "alias",
        broken={"mlflow": Broken("POST", "/registered-models/alias", 503, '{"error_code": "INTERNAL_ERROR"}')},
    ),
)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.name)
def test_a_run_shows_in_airflow_and_in_the_warehouse_how_it_ended(ending: Ending, spine: Spine, worker: Worker) -> None:
    for conf in ending.before:
        assert worker.run(ending.dag, **conf).state == "success"
    with breaking(spine, ending.broken) as proxies:
        run = worker.run(ending.dag, **ending.conf)
        refused = [proxy.refused for proxy in proxies]

    assert run.tasks == dict(zip(STEPS, ending.tasks, strict=True))
    assert run.state == ("failed" if FAILED in ending.tasks else "success")
    assert all(count >= 2 for count in refused), "a failed step is tried again"
    assert {run.tries[step] for step, state in run.tasks.items() if state == FAILED} <= {ending.tries}
    assert_recorded(spine, ending, run)


def test_a_run_may_restart_a_source_that_has_handed_out_everything(spine: Spine, worker: Worker) -> None:
    worker.run("begins_again")
    worker.run("begins_again")
    run = worker.run("begins_again", restart_source=True)
    assert run.state == "success"
    assert run.tasks["prepare"] == DONE
    with open_warehouse(spine.environment["TELAR_WAREHOUSE_URL"]) as warehouse:
        batch = batches.of_run(warehouse, "begins_again", run.run_id)
    assert batch is not None
    assert (batch.cycle, batch.batch_number) == (2, 1)


def assert_recorded(spine: Spine, ending: Ending, run: Run) -> None:
    with open_warehouse(spine.environment["TELAR_WAREHOUSE_URL"]) as warehouse:
        recorded = runs.get(warehouse, ending.dag, run.run_id)
        batch = batches.of_run(warehouse, ending.dag, run.run_id)
    assert recorded is not None
    assert recorded.outcome == ending.outcome
    assert ending.says in f"{recorded.reason} {recorded.error}"
    assert recorded.finished_at is not None
    if batch is not None:
        assert batch.outcome == ending.outcome
        assert (batch.error is not None) == (ending.outcome == Outcome.FAILED)
    assert (batch is None) == (run.tasks["prepare"] in (SKIPPED, NOT_REACHED))


@contextmanager
def breaking(spine: Spine, broken: Mapping[str, Broken]) -> Iterator[list[Proxy]]:
    """The named services answer with errors until the block ends."""
    proxies = [getattr(spine, name) for name in broken]
    for proxy, answer in zip(proxies, broken.values(), strict=True):
        proxy.refused = 0
        proxy.broken.append(answer)
    try:
        yield proxies
    finally:
        for proxy in proxies:
            proxy.broken.clear()
