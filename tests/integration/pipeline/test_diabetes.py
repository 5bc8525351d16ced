"""The diabetes encounters through a real warehouse: names with hyphens, the three words of the target, bad batches."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from telar.adapters.sources.splitting import split_table
from telar.adapters.warehouse import (
    Warehouse,
    batches,
    clean,
    decisions,
    open_warehouse,
    predictions,
    progress,
    raw,
    tables,
)
from telar.adapters.warehouse.batches import BatchRow
from telar.adapters.warehouse.predictions import PredictionRow
from telar.domain.lifecycle import BatchStatus, Outcome
from telar.domain.use_case import PublishedSource, UseCase
from telar.pipeline.context import Context, client_of
from telar.pipeline.decide import decide
from telar.pipeline.fetch import Ended, Fetched, fetch
from telar.pipeline.prepare import prepare
from telar.pipeline.record import record
from telar.settings import MlflowSettings, PipelineSettings, SourceSettings
from telar.use_cases.diabetes import USE_CASE
from telar.use_cases.diabetes.columns import DRUGS
from tests.support.databases import TestDatabase

ENCOUNTERS = USE_CASE.model_copy(update={"source": PublishedSource(batch_rows=600, sample_rows=2_400)})
HYPHENED = [name for name in DRUGS if "-" in name]


@pytest.fixture
def use_cases() -> Sequence[UseCase]:
    return (ENCOUNTERS,)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    return made


@pytest.fixture
def context(warehouse: Warehouse, mlflow_url: str, folder: Path, tmp_path: Path) -> Context:
    source = SourceSettings(data_folder=folder, download=False)
    settings = PipelineSettings(work_folder=tmp_path / "work", training_jobs=1)
    client = client_of(ENCOUNTERS, source, settings, warehouse)
    return Context(ENCOUNTERS, warehouse, client, source, MlflowSettings(url=mlflow_url), settings)


def taken(context: Context, run_id: str = "r1") -> BatchRow:
    """The batch of a run, fetched and prepared."""
    fetched = fetch(context, run_id)
    assert isinstance(fetched, Fetched), fetched
    prepare(context, fetched.batch_id)
    return batches.get(context.warehouse, fetched.batch_id)


def test_names_with_hyphens_and_words_of_the_source_reach_both_tables_as_they_are(context: Context) -> None:
    table = ENCOUNTERS.sample(2_400, 31).astype(str)
    table["glyburide-metformin"] = ["No", "Steady", "Up", "Down"] * 600
    assert context.source.data_folder is not None
    table.to_csv(context.source.data_folder / "encounters.csv", index=False)

    batch = taken(context)

    received = raw.read(context.warehouse, ENCOUNTERS, batch.id).set_index("encounter_id")
    cleaned = clean.read(context.warehouse, ENCOUNTERS, batch_ids=[batch.id])
    sent = table.set_index("encounter_id").loc[received.index]
    assert list(batch.schema_received) == list(ENCOUNTERS.names)
    assert received[HYPHENED].to_dict("records") == sent[HYPHENED].to_dict("records")
    assert set(received["readmitted"]) == {"NO", ">30", "<30"}
    assert set(cleaned["readmitted"]) == {"no", "yes"}
    of_clean = sent.loc[cleaned["encounter_id"].astype(int).astype(str), "glyburide-metformin"]
    assert cleaned["glyburide-metformin"].tolist() == of_clean.tolist()
    assert set(received["A1Cresult"].dropna()) - set(cleaned["A1Cresult"].dropna()) <= {"None"}


def test_the_view_of_what_was_asked_has_the_columns_with_hyphens(database: TestDatabase) -> None:
    asked = {**ENCOUNTERS.example, "glyburide-metformin": "Up"}
    row = PredictionRow("one", 0, "diabetes", "1", datetime.now(UTC), asked, "yes", {"yes": 0.7}, 200, None, 1.0)
    with open_warehouse(database.inference_url) as inference:
        predictions.insert(inference, [row])

    with open_warehouse(database.reader_url) as reader, reader.begin() as connection:
        question = f"SELECT * FROM {reader.names.schema('clean')}.new_diabetes"
        (found,) = connection.exec_driver_sql(question).mappings()

    assert [found[name] for name in HYPHENED] == ["Up", "No", "No", "No", "No"]
    assert (found["time_in_hospital"], found["weight"]) == (5.0, None)


def test_an_index_that_was_tampered_with_is_put_right_and_no_encounter_is_lost_or_doubled(context: Context) -> None:
    taken(context)
    progress.correct(context.warehouse, ("diabetes", "published", 1), 99)

    others = [taken(context, run_id) for run_id in ("r2", "r3")]

    report = decisions.latest(context.warehouse, "diabetes", "resume")
    assert report is not None
    assert "says 99" in report.reason
    assert [batch.batch_number for batch in others] == [2, 3]
    assert isinstance(fetch(context, "r4"), Ended)
    with context.warehouse.begin() as connection:
        ids = connection.execute(sa.select(tables.batches.c.id)).scalars().all()
    stored = [number for each in ids for number in raw.read(context.warehouse, ENCOUNTERS, each)["encounter_id"]]
    assert sorted(stored) == sorted(ENCOUNTERS.sample(2_400, 31)["encounter_id"].astype(str))


@pytest.mark.engines("postgresql")
def test_a_last_batch_of_one_row_is_kept_raw_refused_and_the_run_ends_well(context: Context) -> None:
    table = ENCOUNTERS.sample(2_400, 31)
    train = list(split_table(ENCOUNTERS, table).parts).count("train")
    source = PublishedSource(batch_rows=train - 1, sample_rows=2_400)
    use_case = ENCOUNTERS.model_copy(update={"source": source})
    client = client_of(use_case, context.source, context.settings, context.warehouse)
    context = replace(context, use_case=use_case, client=client)
    taken(context)

    batch = taken(context, "r2")

    assert (batch.total_records, batch.status) == (1, BatchStatus.REFUSED)
    assert (batch.reason or "").startswith("rows: 1, limit 100")
    assert decide(context, batch.id, "r2").choice == "skip"
    assert record(context, "r2", batch.id) is Outcome.NOT_TRAINED
    assert len(raw.read(context.warehouse, ENCOUNTERS, batch.id)) == 1


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize(
    ("column", "status", "told"),
    [
        ("payer_code", BatchStatus.PREPARED, None),
        ("time_in_hospital", BatchStatus.REFUSED, "time_in_hospital, share of nulls: 1, limit 0.5"),
        ("insulin", BatchStatus.REFUSED, "insulin, share of nulls: 1, limit 0.5"),
        ("readmitted", BatchStatus.REFUSED, "readmitted, share of nulls: 1, limit 0.5"),
    ],
)
def test_a_column_of_nulls_is_refused_by_name_unless_it_may_be_empty(
    context: Context, column: str, status: BatchStatus, told: str | None
) -> None:
    assert context.source.data_folder is not None
    ENCOUNTERS.sample(1_000, 31).assign(**{column: "?"}).to_csv(context.source.data_folder / "x.csv", index=False)

    batch = taken(context)

    assert batch.status == status
    assert batch.validations["refused"] == told
    assert len(raw.read(context.warehouse, ENCOUNTERS, batch.id)) == batch.total_records == 600
