"""Two cycles of listings, killed at every failpoint on their way: nothing twice, nothing lost without a record."""

from pathlib import Path

import pytest

from telar.adapters.warehouse import clean, ledger
from telar.domain.lifecycle import Outcome
from telar.pipeline import failpoints
from telar.pipeline.run import run_batch
from tests.integration.pipeline.listings import LISTINGS, NAME, Listings, listings
from tests.integration.pipeline.place import Upstream
from tests.integration.pipeline.test_kills import agrees, counts, fetched
from tests.support.databases import TestDatabase

pytestmark = pytest.mark.engines("postgresql")

ROWS = 6_000
FIRST_RUN = (
    "fetch.before_request",
    *("prepare.before_store", "prepare.after_store", "prepare.after_comparisons", "decide.after_record"),
    *("train.before_fit", "train.after_register", "gate.after_record"),
    *("promote.after_intended", "promote.after_alias", "record.before_finish"),
)
LOSING = ("fetch.after_answer", "fetch.bulk_load", "fetch.before_commit")  # each costs the batch that was under way
BEGINNING_AGAIN = ("restart.after_cycle", "restart.clearing")
BY_HAND = ("restart.before_request", "restart.after_request")
# A source that was split, and a changed definition: neither is on the way.
ELSEWHERE = {"split.before_commit", "prepare.rebuild_batch", "prepare.rebuild_swap"}


def test_every_failpoint_on_the_way_is_fired_here() -> None:
    fired = {*FIRST_RUN, *LOSING, "fetch.after_commit", *BEGINNING_AGAIN, *BY_HAND}
    assert fired == set(failpoints.NAMES) - ELSEWHERE


def test_two_cycles_killed_at_every_failpoint(test_database: TestDatabase, mlflow_url: str, tmp_path: Path) -> None:
    with listings(test_database, mlflow_url, tmp_path, ROWS) as (place, upstream):
        promoted_in_the_end(place)
        three_answers_lost_and_the_next_stored(place)
        begun_again_once(place)
        begun_again_by_hand(place)
        assert agrees(place, upstream)
        assert of_each_cycle(upstream) == {1: [1, 2, 3, 4, 5, 6], 2: [1], 3: [1]}


def promoted_in_the_end(place: Listings) -> None:
    for failpoint in FIRST_RUN:
        place.kill("run", "r1", failpoint)

    assert run_batch(place.context(), "r1") is Outcome.PROMOTED

    lines = ledger.history(place.warehouse, NAME)
    assert [(line.version, line.state) for line in lines] == [
        ("1", state) for state in ("intended", "abandoned", "intended", "done")
    ]
    assert counts(place) == {"train": 1, "promote": 1}
    production = place.context().registry.production(NAME)
    assert production is not None
    assert (production.version, production.tags["telar.gate.choice"]) == ("1", "promote")


def three_answers_lost_and_the_next_stored(place: Listings) -> None:
    for failpoint in (*LOSING, "fetch.after_commit"):
        place.kill("run", "r2", failpoint)

    assert run_batch(place.context(), "r2") is Outcome.NOT_TRAINED
    assert run_batch(place.context(), "r3") is Outcome.NOT_TRAINED

    assert [(row.batch_number, row.status) for row in place.batches()] == [
        (1, "prepared"),
        *((number, "lost_upstream") for number in (2, 3, 4)),
        *((number, "prepared") for number in (5, 6)),
    ]
    assert not clean.read(place.warehouse, LISTINGS).duplicated(["_batch_id", "_row"]).any()


def begun_again_once(place: Listings) -> None:
    for failpoint in BEGINNING_AGAIN:
        place.kill("fetch", "r4", failpoint)

    fetched(place, "r4")

    assert [row.cycle for row in place.batches()] == [1] * 6 + [2]
    assert clean.read(place.warehouse, LISTINGS).empty


def begun_again_by_hand(place: Listings) -> None:
    for run_id, failpoint in zip(("r5", "r6"), BY_HAND, strict=True):
        place.kill("restart", run_id, failpoint)

    fetched(place, "r7")

    assert [(row.cycle, row.batch_number) for row in place.batches()][6:] == [(2, 1), (3, 1)]


def of_each_cycle(upstream: Upstream) -> dict[int, list[int]]:
    """The batches that the data API handed out; its own count of cycles goes up with every restart."""
    found: dict[int, list[int]] = {}
    for each in upstream.answers():
        found.setdefault(each.cycle, []).append(each.batch)
    return dict(enumerate(found.values(), 1))
