"""A process killed by SIGKILL at every failpoint and run again: nothing twice, nothing lost without a record."""

import signal
from collections import Counter
from pathlib import Path

import pytest

from telar.adapters.warehouse import clean, comparisons, ledger, runs
from telar.domain.lifecycle import BatchStatus, Outcome
from telar.pipeline import failpoints
from telar.pipeline.fetch import Fetched, fetch
from telar.pipeline.prepare import prepare
from telar.pipeline.restart import restart_source
from telar.pipeline.run import run_batch
from tests.integration.pipeline.place import Place, Upstream
from tests.support.tiny import TINY_FOLDER

FETCH = {
    "fetch.before_request": [(1, "stored"), (2, "stored")],
    "fetch.after_answer": [(1, "stored"), (2, "lost_upstream"), (3, "stored")],
    "fetch.bulk_load": [(1, "stored"), (2, "lost_upstream"), (3, "stored")],
    "fetch.before_commit": [(1, "stored"), (2, "lost_upstream"), (3, "stored")],
    "fetch.after_commit": [(1, "stored"), (2, "stored")],
}
ELSEWHERE = ("split.before_commit", "restart.after_cycle", "restart.clearing")  # test_replay, test_begun_again
RESTART = ("restart.before_request", "restart.after_request")
PREPARE = ("prepare.before_store", "prepare.after_store", "prepare.after_comparisons")
REBUILD = ("prepare.rebuild_batch", "prepare.rebuild_swap")
RUN = {
    "decide.after_record": ["intended", "done"],
    "train.before_fit": ["intended", "done"],
    "train.after_register": ["intended", "done"],
    "gate.after_record": ["intended", "done"],
    "promote.after_intended": ["intended", "abandoned", "intended", "done"],
    "promote.after_alias": ["intended", "done"],
    "record.before_finish": ["intended", "done"],
}


def kill(place: Place, step: str, run_id: str, failpoint: str) -> None:
    done = place.step(step, run_id, failpoint)
    assert done.returncode == -signal.SIGKILL, f"{failpoint} was not reached:\n{done.stdout}{done.stderr}"


def fetched(place: Place, run_id: str) -> int:
    result = fetch(place.context(), run_id)
    assert isinstance(result, Fetched), result
    return result.batch_id


def agrees(place: Place, data_api: Upstream) -> bool:
    """Whether each answer is stored once, exactly as it was logged, or has its row as lost."""
    handed_out = [(each.batch, each.rows_sha256) for each in data_api.answers()]
    rows = place.batches()
    stored = [(row.batch_number, place.stored_digest(row)) for row in rows if row.status != BatchStatus.LOST_UPSTREAM]
    lost = [row.batch_number for row in rows if row.status == BatchStatus.LOST_UPSTREAM]
    assert Counter(stored) <= Counter(handed_out)
    assert sorted(lost + [number for number, _ in stored]) == sorted(number for number, _ in handed_out)
    return True


def test_every_declared_failpoint_is_fired_here() -> None:
    assert {*FETCH, *ELSEWHERE, *RESTART, *PREPARE, *REBUILD, *RUN} == set(failpoints.NAMES)


@pytest.mark.parametrize("failpoint", FETCH)
def test_killed_while_fetching(collecting: Place, data_api: Upstream, failpoint: str) -> None:
    fetched(collecting, "r1")
    kill(collecting, "fetch", "r2", failpoint)

    fetched(collecting, "r2")

    assert [(row.batch_number, row.status) for row in collecting.batches()] == FETCH[failpoint]
    assert agrees(collecting, data_api)


@pytest.mark.parametrize("failpoint", RESTART)
def test_killed_while_restarting_the_source(collecting: Place, data_api: Upstream, failpoint: str) -> None:
    fetched(collecting, "r1")
    fetched(collecting, "r2")
    kill(collecting, "restart", "r3", failpoint)

    fetched(collecting, "r4")  # which was not asked to restart anything

    assert [(row.cycle, row.batch_number) for row in collecting.batches()] == [(1, 1), (1, 2), (2, 1)]
    assert restart_source(collecting.context(), "r4") == 2
    assert agrees(collecting, data_api)


@pytest.mark.parametrize("failpoint", PREPARE)
def test_killed_while_preparing(place: Place, failpoint: str) -> None:
    first = fetched(place, "r1")
    prepare(place.context(), first)
    expected = prepare(place.context(), second := fetched(place, "r2"))
    rows = clean.read(place.warehouse, place.use_case, batch_ids=[second])
    figures = comparisons.latest(place.warehouse, second, "previous")

    kill(place, "prepare", "r2", failpoint)
    again = prepare(place.context(), second)

    assert again == expected
    assert clean.read(place.warehouse, place.use_case, batch_ids=[second]).equals(rows)
    assert comparisons.latest(place.warehouse, second, "previous") == figures


@pytest.mark.parametrize("failpoint", REBUILD)
def test_killed_while_clean_rows_are_rebuilt_for_a_new_definition(place: Place, tmp_path: Path, failpoint: str) -> None:
    for run_id in ("r1", "r2"):
        prepare(place.context(), fetched(place, run_id))
    before = clean.read(place.warehouse, place.use_case)
    place.use_cases = changed_definition(tmp_path)
    kill(place, "prepare", "r1", failpoint)

    done = place.step("prepare", "r1")

    assert done.returncode == 0, done.stderr
    after = clean.read(place.warehouse, place.use_case)
    assert (after["Count"] > 20).all()
    assert len(after) == int((before["Count"] > 20).sum())


def changed_definition(folder: Path) -> Path:
    """TINY with a stricter `clean`, so with another digest."""
    text = (TINY_FOLDER / "tiny.py").read_text()
    changed = folder / "use_cases"
    changed.mkdir()
    assert "frame.dropna().drop_duplicates()" in text
    stricter = text.replace("frame.dropna().drop_duplicates()", "frame[frame.Count > 20].dropna().drop_duplicates()")
    (changed / "tiny.py").write_text(stricter)
    return changed


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("failpoint", RUN)
def test_killed_between_the_decision_and_the_record(place: Place, data_api: Upstream, failpoint: str) -> None:
    kill(place, "run", "r1", failpoint)

    outcome = run_batch(place.context(), "r1")

    context = place.context()
    production = context.registry.production("tiny")
    lines = ledger.history(place.warehouse, "tiny")
    (batch,) = place.batches()
    assert outcome is Outcome.PROMOTED
    assert production is not None
    assert production.version == "1"
    assert [line.state for line in lines] == RUN[failpoint]
    assert {line.version for line in lines} == {"1"}
    assert production.tags["telar.gate.choice"] == "promote"
    assert (batch.outcome, batch.decision, batch.model_version) == ("promoted", "train", "1")
    assert batch.trained_run_id == "r1"
    assert counts(place) == {"train": 1, "promote": 1}
    assert agrees(place, data_api)
    run = runs.get(place.warehouse, "tiny", "r1")
    assert run is not None
    assert (run.outcome, run.batch_id) == ("promoted", batch.id)


def counts(place: Place) -> dict[str, int]:
    """How many decisions of each kind are recorded."""
    with place.warehouse.begin() as connection:
        kinds = connection.exec_driver_sql("SELECT kind FROM ops.decisions").scalars().all()
    return dict(Counter(kinds))
