"""A published table, split once and read in batches: what is stored is the same whatever happened on the way."""

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from telar.adapters.warehouse import Warehouse, batches, clean, decisions, open_warehouse, progress, raw, tables
from telar.domain.errors import SourceRefused, SourceUnavailable
from telar.domain.lifecycle import BatchStatus, Outcome
from telar.domain.resume import ResumeFigures, decide_resume
from telar.domain.use_case import UseCase
from telar.pipeline.cleaning import clean_rows
from telar.pipeline.context import Context, client_of
from telar.pipeline.fetch import Ended, Fetched, fetch
from telar.pipeline.restart import restart_source
from telar.pipeline.run import run_batch
from telar.pipeline.train import training_rows
from telar.settings import MlflowSettings, PipelineSettings, SourceSettings
from tests.integration.pipeline.place import NOBODY, Place
from tests.support.data_api_server import DataApi, run_data_api
from tests.support.databases import TestDatabase
from tests.support.visits import VISITS, VISITS_FOLDER

FETCH = ("before_request", "after_answer", "bulk_load", "before_commit", "after_commit")
PARTS = {"published": 3, "published/validation": 1, "published/test": 1}


@pytest.fixture
def use_cases() -> Sequence[UseCase]:
    return (VISITS,)


@pytest.fixture
def bare(warehouse: Warehouse, tmp_path: Path) -> Place:
    place = Place(warehouse, tmp_path / "work", NOBODY, use_case=VISITS, use_cases=VISITS_FOLDER)
    place.variables = {"TELAR_SOURCE_DOWNLOAD": "false"}
    return place


def context(place: Place, **source: object) -> Context:
    asked = SourceSettings.model_validate({"url": place.source_url, "download": False, "timeout_seconds": 10, **source})
    settings = PipelineSettings(work_folder=place.work, training_jobs=1)
    client = client_of(VISITS, asked, settings, place.warehouse)
    return Context(VISITS, place.warehouse, client, asked, MlflowSettings(url=place.mlflow_url), settings)


def fetched(place: Place, run_id: str, **source: object) -> int:
    result = fetch(context(place, **source), run_id)
    assert isinstance(result, Fetched), result
    return result.batch_id


def stored(place: Place) -> dict[tuple[str, int], list[tuple[object, ...]]]:
    """The raw rows of every batch by its feed and number."""
    rows = {(batch.source, batch.batch_number): batch.id for batch in place.batches()}
    return {
        key: list(raw.read(place.warehouse, VISITS, batch_id)[list(VISITS.names)].itertuples(index=False, name=None))
        for key, batch_id in rows.items()
    }


def prepared(place: Place) -> None:
    """Clean rows of every batch, as `prepare` stores them."""
    for batch in place.batches():
        clean.store(place.warehouse, VISITS, batch.id, clean_rows(VISITS, raw.read(place.warehouse, VISITS, batch.id)))


def counts(place: Place) -> dict[str, int]:
    rows = place.batches()
    return {source: sum(row.source == source for row in rows) for source in {row.source for row in rows}}


def index_of(place: Place) -> int | None:
    with place.warehouse.begin() as connection:
        question = sa.select(tables.windows.c.last_batch_number).where(tables.windows.c.source == "published")
        return connection.execute(question).scalar()


def holds_the_whole_table(place: Place) -> bool:
    """Whether each row of the table is stored, once."""
    table = VISITS.sample(2_400, 31).astype(str)
    found = sorted(row for rows in stored(place).values() for row in rows)
    return found == sorted(table.itertuples(index=False, name=None))


def test_the_training_part_comes_in_batches_one_a_run_the_others_with_the_first_and_then_it_ends(bare: Place) -> None:
    ids = [fetched(bare, run) for run in ("r1", "r2", "r3")]
    end = fetch(context(bare), "r4")

    assert isinstance(end, Ended)
    assert end.outcome is Outcome.END_OF_DATA
    assert counts(bare) == PARTS
    assert [batches.get(bare.warehouse, each).total_records for each in ids] == [500, 500, 440]
    table = VISITS.sample(2_400, 31).astype(str)
    assert sorted(row for rows in stored(bare).values() for row in rows) == sorted(
        table.itertuples(index=False, name=None)
    )
    assert index_of(bare) == 3


def test_no_guest_stands_in_two_parts_and_the_parts_hold_the_same_share_of_the_target(bare: Place) -> None:
    for run in ("r1", "r2", "r3"):
        fetched(bare, run)
    prepared(bare)

    rows = clean.read(bare.warehouse, VISITS)

    assert (rows.groupby("guest")["_partition"].nunique() == 1).all()
    whole = VISITS.sample(2_400, 31)
    raw_rows = pd.DataFrame(
        [(key[0], *row) for key, part in stored(bare).items() for row in part], columns=["part", *VISITS.names]
    )
    shares = (raw_rows["back"] == "yes").groupby(raw_rows["part"]).mean()
    assert (shares - (whole["back"] == "yes").mean()).abs().max() < 0.005
    assert rows["season"].dropna().isin(["summer", "winter"]).all()


def test_the_split_is_kept_row_by_row_with_the_group(bare: Place) -> None:
    fetched(bare, "r1")

    with bare.warehouse.begin() as connection:
        (split,) = connection.execute(sa.select(tables.splits)).all()
        rows = connection.execute(sa.select(tables.split_rows).order_by(tables.split_rows.c.source_row)).all()

    assert (split.total_rows, split.train_rows, split.validation_rows, split.test_rows) == (2_400, 1_440, 479, 481)
    assert [row.row_group for row in rows] == VISITS.sample(2_400, 31)["guest"].astype(str).tolist()


def test_a_table_that_is_not_the_one_that_was_split_is_refused_until_a_restart(bare: Place, tmp_path: Path) -> None:
    table = VISITS.sample(2_400, 7)
    table.to_csv(tmp_path / "visits.csv", index=False)
    fetched(bare, "r1", data_folder=tmp_path)
    table.assign(season="winter").to_csv(tmp_path / "visits.csv", index=False)

    with pytest.raises(SourceRefused, match="its rows have changed since"):
        fetched(bare, "r2", data_folder=tmp_path)
    restart_source(context(bare, data_folder=tmp_path), "r3")
    again = fetched(bare, "r3", data_folder=tmp_path)

    assert (batches.get(bare.warehouse, again).cycle, batches.get(bare.warehouse, again).batch_number) == (2, 1)
    assert [row.cycle for row in batches.held_out(bare.warehouse, again)] == [2, 2]


@pytest.mark.parametrize("failpoint", [*(f"fetch.{each}" for each in FETCH), "split.before_commit"])
def test_killed_anywhere_and_run_again_it_holds_what_an_undisturbed_run_does(bare: Place, failpoint: str) -> None:
    if failpoint != "split.before_commit":
        fetched(bare, "r1")
    killed = bare.step("fetch", "r2", failpoint, "visits")
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    for run in ("r2", "r3", "r4", "r5"):
        fetch(context(bare), run)

    assert counts(bare) == PARTS
    assert sum(len(rows) for rows in stored(bare).values()) == 2_400
    table = VISITS.sample(2_400, 31).astype(str)
    assert sorted(row for rows in stored(bare).values() for row in rows) == sorted(
        table.itertuples(index=False, name=None)
    )


def test_runs_that_start_together_get_a_batch_each(bare: Place) -> None:
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda run: fetch(context(bare), run), ("r1", "r2", "r3")))

    assert all(isinstance(each, Fetched) for each in results)
    assert counts(bare) == PARTS


@pytest.mark.parametrize(("index", "told"), [(99, "says 99"), (-4, "says -4"), (None, "says None")])
def test_an_index_that_was_tampered_with_is_put_right_and_told(bare: Place, index: int | None, told: str) -> None:
    fetched(bare, "r1")
    progress.correct(bare.warehouse, ("visits", "published", 1), index)

    second = batches.get(bare.warehouse, fetched(bare, "r2"))

    report = decisions.latest(bare.warehouse, "visits", "resume")
    assert second.batch_number == 2
    assert report is not None
    assert (report.choice, report.run_id) == ("repair", "r2")
    assert told in report.reason
    assert decide_resume(ResumeFigures.model_validate(report.figures)).reason == report.reason
    assert index_of(bare) == 2


def test_a_stored_batch_that_is_missing_is_fetched_again(bare: Place, database: TestDatabase) -> None:
    first = fetched(bare, "r1")
    fetched(bare, "r2")
    expected = stored(bare)
    with open_warehouse(database.owner_url) as owner, owner.begin() as connection:
        connection.execute(tables.batches.delete().where(tables.batches.c.id == first))

    fetched(bare, "r3")

    report = decisions.latest(bare.warehouse, "visits", "resume")
    assert report is not None
    assert "batch 1 is missing" in report.reason
    assert stored(bare) == expected


@pytest.mark.engines("postgresql")
def test_a_download_that_stops_half_way_is_said_so_and_tried_again(bare: Place) -> None:
    with pytest.raises(SourceUnavailable, match="nothing of it is kept"):
        fetched(bare, "r1", download=True, uci_url=NOBODY)

    assert place_is_empty(bare)
    fetched(bare, "r1")


def place_is_empty(place: Place) -> bool:
    return not place.batches() and not list(place.work.rglob("*.parquet"))


@pytest.mark.engines("postgresql")
def test_a_run_trains_on_the_training_part_and_is_judged_on_the_others(bare: Place, empty_mlflow: str) -> None:
    bare.mlflow_url = empty_mlflow

    assert run_batch(context(bare), "r1") is Outcome.PROMOTED

    (batch,) = [row for row in bare.batches() if row.source == "published"]
    rows = training_rows(context(bare), batch.id)
    others = batches.held_out(bare.warehouse, batch.id)
    assert len(rows.train) == batch.clean_rows
    assert [len(rows.validation), len(rows.test)] == [row.clean_rows for row in others]
    assert {row.status for row in others} == {BatchStatus.PREPARED}
    assert "held out" in (others[0].reason or "")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataApi]:
    with run_data_api(
        tmp_path_factory.mktemp("parts"), use_case="visits", use_cases=VISITS_FOLDER, sample_rows=None
    ) as api:
        yield api


def test_the_data_service_gives_the_same_rows_in_the_same_batches(bare: Place, service: DataApi) -> None:
    bare.source_url, before = service.url, len(service.answers())
    for run in ("r1", "r2", "r3"):
        fetched(bare, run)
        fetched(bare, f"{run} by service", kind="partitions")

    both = stored(bare)

    own = {key: rows for key, rows in both.items() if key[0].startswith("published")}
    theirs = {
        (feed.replace("partitions", "published"), number): rows
        for (feed, number), rows in both.items()
        if feed.startswith("partitions")
    }
    assert own == theirs
    assert len(service.answers()) == before + 5
    assert isinstance(fetch(context(bare, kind="partitions"), "r9"), Ended)
