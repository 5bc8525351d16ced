"""The diabetes encounters, killed at every failpoint on their way: what is stored is that of an undisturbed run."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from mlflow import MlflowClient

from telar.adapters.warehouse import Warehouse, ledger
from telar.domain.use_case import UseCase
from telar.pipeline import failpoints
from tests.integration.pipeline.encounters import DEFINITION, NAME, STRICTER, Encounters, Tables, same
from tests.support.databases import TestDatabase

FETCH = ("fetch.before_request", "fetch.after_answer", "fetch.bulk_load", "fetch.before_commit", "fetch.after_commit")
# The first run finds three batches to store: those of the two parts that are held out, and its own.
FIRST_FETCH = ("split.before_commit", *FETCH, "fetch.after_commit", "fetch.after_commit")
PREPARE = ("prepare.before_store", "prepare.after_store", "prepare.after_comparisons")
REBUILD = ("prepare.rebuild_batch", "prepare.rebuild_swap")
RESTART = ("restart.before_request", "restart.after_request")
RUN = (
    *("decide.after_record", "train.before_fit", "train.after_register", "gate.after_record"),
    *("promote.after_intended", "promote.after_alias", "record.before_finish"),
)
NOT_ON_THE_WAY = ("restart.after_cycle", "restart.clearing")  # of a source that is begun again by itself
Way = Callable[[Encounters, bool], None]


@pytest.fixture
def use_cases() -> Sequence[UseCase]:
    return ()


@pytest.fixture
def place(warehouse: Warehouse, mlflow_url: str, tmp_path: Path) -> Encounters:
    made = Encounters(warehouse, tmp_path / "use cases", tmp_path / "work", mlflow_url)
    made.define(DEFINITION)
    return made


def both(place: Encounters, database: TestDatabase, way: Way) -> tuple[Tables, Tables]:
    """What is stored after the way undisturbed, and after it killed wherever it can be."""
    way(place, False)
    expected = place.tables()
    database.empty(())
    place.define(DEFINITION)
    way(place, True)
    return place.tables(), expected


def collect(place: Encounters, killed: bool) -> None:
    """Every batch fetched and prepared, and a run that finds the end."""
    failures = {"r1": (FIRST_FETCH, PREPARE), "r2": (FETCH, PREPARE)} if killed else {}
    for run_id in ("r1", "r2", "r3"):
        for step, failpoints_of in zip(("fetch", "prepare"), failures.get(run_id, ((), ())), strict=True):
            for failpoint in failpoints_of:
                place.kill(step, run_id, failpoint)
            place.take(step, run_id)
    place.take("fetch", "r4")


def rebuild(place: Encounters, killed: bool) -> None:
    """Two batches prepared, then prepared again by a definition with another `clean`."""
    for run_id in ("r1", "r2"):
        place.take("fetch", run_id)
        place.take("prepare", run_id)
    place.define(STRICTER)
    for failpoint in REBUILD if killed else ():
        place.kill("prepare", "r2", failpoint)
    place.take("prepare", "r2")


def restart(place: Encounters, killed: bool) -> None:
    """A new cycle after two batches, of the same table."""
    for run_id in ("r1", "r2"):
        place.take("fetch", run_id)
    for failpoint in RESTART if killed else ():
        place.kill("restart", "r3", failpoint)
    if not killed:
        place.take("restart", "r3")
    place.take("fetch", "r3")
    place.take("prepare", "r3")


def run(place: Encounters, killed: bool) -> None:
    """A run that promotes the first version, and one after it."""
    for failpoint in RUN if killed else ():
        place.kill("run", "r1", failpoint)
    place.take("run", "r1")
    place.take("run", "r2")


def test_every_declared_failpoint_is_fired_here_or_is_not_on_the_way() -> None:
    fired = {*FIRST_FETCH, *PREPARE, *REBUILD, *RESTART, *RUN}
    assert fired | set(NOT_ON_THE_WAY) == set(failpoints.NAMES)


@pytest.mark.parametrize("way", [collect, rebuild], ids=lambda each: each.__name__)
def test_killed_while_collecting_it_holds_what_an_undisturbed_run_does(
    place: Encounters, database: TestDatabase, way: Way
) -> None:
    found, expected = both(place, database, way)
    assert same(found, expected)
    assert len(expected["raw"]) >= 2_000
    assert 0 < len(expected["clean"]) < len(expected["raw"])


@pytest.mark.engines("postgresql")
def test_killed_while_a_new_cycle_is_begun_it_is_begun_once_and_split_alike(
    place: Encounters, database: TestDatabase
) -> None:
    found, expected = both(place, database, restart)
    assert same(found, expected)
    cycles = found["splits"]["cycle"]
    assert list(cycles) == ["1", "2"]


@pytest.mark.engines("postgresql")
def test_killed_between_the_decision_and_the_record_the_same_version_is_promoted(
    place: Encounters, database: TestDatabase, mlflow_url: str
) -> None:
    client = MlflowClient(tracking_uri=mlflow_url, registry_uri=mlflow_url)

    def way(place: Encounters, killed: bool) -> None:
        run(place, killed)
        assert client.get_model_version_by_alias(NAME, "production").version == "1"
        lines = ledger.history(place.warehouse, NAME)
        assert [line.state for line in lines if line.state != "intended"] == (["abandoned"] * killed) + ["done"]
        client.delete_registered_model(NAME)

    found, expected = both(place, database, way)

    assert same(_without_production(found), _without_production(expected))
    assert list(expected["runs"]["outcome"]) == ["promoted", "rejected"]


def _without_production(found: Tables) -> Tables:
    """Without what a batch prepared again is told by the version that it has become by then."""
    comparisons = found["comparisons"]
    return found | {
        "batches": found["batches"].drop(columns=["validations", "new_categories"]),
        "comparisons": comparisons[comparisons["kind"] == "previous"].reset_index(drop=True),
    }
