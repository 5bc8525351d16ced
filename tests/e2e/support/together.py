"""Every built-in use case at once: their runs side by side through Airflow, and what is on record of each."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from telar.domain.lifecycle import Outcome
from telar.domain.partitions import PARTITIONS
from tests.e2e.support import warehouse
from tests.e2e.support.asking import ask, await_served, production
from tests.e2e.support.checks import predicts_and_records
from tests.e2e.support.pipelines import airflow, ready
from tests.e2e.support.stack import HAS_REAL_ROWS, Stack
from tests.e2e.support.visits import reasons_in_the_history

SECONDS = 1200
BATCHES = 3
DIABETES, REAL_ESTATE = "diabetes", "real_estate"
# All parts of the split that is loaded batch by batch; a whole cycle of the one that begins again, and its next batch.
PARTS, CYCLE = 5, 6
RUNS = {"cover_type": BATCHES, DIABETES: PARTS, REAL_ESTATE: CYCLE + 1}
OUTCOMES = {Outcome.PROMOTED, Outcome.REJECTED, Outcome.NOT_TRAINED}


def take_their_runs(stack: Stack) -> None:
    """The use cases side by side, the runs of each one after the other, all to their success."""
    with ThreadPoolExecutor(len(RUNS)) as pool:
        for done in [pool.submit(_runs_of, stack, name, count) for name, count in RUNS.items()]:
            done.result()


def _runs_of(stack: Stack, name: str, count: int) -> None:
    ready(api := airflow(stack), name)
    for _ in range(count):
        api.run(name, SECONDS)


def have_all_their_rows(stack: Stack) -> None:
    """Each batch is stored exactly as it was handed out, once; a restarted source's tables began again empty."""
    assert warehouse.agreement(stack, "cover_type") == warehouse.Agreement([1, 2, 3], [])
    assert warehouse.agreement(stack, REAL_ESTATE) == warehouse.Agreement([1, 2, 3, 4, 5, 6, 1], [])
    cleared = warehouse.rows(
        stack, "SELECT cycle, status FROM {ops}.batches WHERE use_case = :name ORDER BY id", name=REAL_ESTATE
    )
    assert [(each["cycle"], each["status"]) for each in cleared] == [*[(1, "cleared")] * CYCLE, (2, "prepared")]
    assert warehouse.parts(stack, DIABETES) == {part: list(range(1, _batches(stack, part) + 1)) for part in PARTITIONS}
    assert _batches(stack, "train") == PARTS
    origins = warehouse.rows(stack, "SELECT use_case, provenance FROM {ops}.batches GROUP BY use_case, provenance")
    real = "file" if HAS_REAL_ROWS else "sample"
    expected = {"cover_type": real, DIABETES: real, REAL_ESTATE: "sample"}
    assert {each["use_case"]: each["provenance"] for each in origins} == expected
    assert len(origins) == len(expected)


def serve_and_predict(stack: Stack) -> None:
    """Each has a version in production, whose prediction for its own example is recorded."""
    for name in RUNS:
        await_served(stack, name, str(production(stack, name)["version"]))
        predicts_and_records(stack, name)


def ended_in_every_way(stack: Stack) -> dict[str, dict[str, int]]:
    """A model trained and promoted, one trained and rejected, a batch without training; the portal tells each reason.

    Returns how often each use case ended in each way.
    """
    ended = _ended(stack)
    told = {name: dict(Counter(str(each["outcome"]) for each in ended if each["use_case"] == name)) for name in RUNS}
    assert {each["outcome"] for each in ended} == set(OUTCOMES), told
    assert all(each["reason"] for each in ended)
    reasons_in_the_history(stack, [next(each for each in ended if each["outcome"] == way) for way in sorted(OUTCOMES)])
    return told


def _ended(stack: Stack) -> list[dict[str, Any]]:
    """Each run's outcome and the decision that led to it: of training where none was, else of promotion."""
    question = (
        "SELECT r.use_case, r.outcome, b.batch_number, d.kind, d.choice, d.reason, d.created_at FROM {ops}.runs r"
        " JOIN {ops}.batches b ON b.id = r.batch_id JOIN {ops}.decisions d ON d.run_id = r.run_id"
        " AND d.use_case = r.use_case AND d.kind = CASE r.outcome WHEN 'not_trained' THEN 'train' ELSE 'promote' END"
        " ORDER BY d.id"
    )
    return warehouse.rows(stack, question)


def _batches(stack: Stack, part: str) -> int:
    """How many batches the data API has of a part, which it splits as the pipeline does by itself."""
    told = ask(stack, "DATA_API", "GET", f"/{DIABETES}/{part}/batches").json()
    return int(told["total_batches"])
