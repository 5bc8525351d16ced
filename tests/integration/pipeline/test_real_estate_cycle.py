"""One cycle of six batches at a twentieth of the rows: promoted, rejected, left be, each with its reason; then anew."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.inference.parts import Settings
from telar.adapters.warehouse import clean, decisions, raw
from telar.domain.decisions import TrainingFigures, decide_training
from telar.domain.lifecycle import Outcome
from telar.domain.promotion import GateFigures, decide_promotion
from telar.pipeline.fetch import Fetched
from telar.pipeline.run import fetch_in_time, run_batch
from telar.settings import InferenceSettings, MlflowSettings, UseCaseSettings, WarehouseSettings
from tests.integration.pipeline.listings import LISTINGS, NAME, Listings, listings
from tests.services.inference.conftest import running, until
from tests.support.databases import TestDatabase

pytestmark = pytest.mark.engines("postgresql")

TWENTIETH = 54_245
TOLD = (
    ("promoted", ["first model", "passes the floor"]),
    ("not_trained", ["new rows are pending"]),
    ("promoted", ["mean absolute error down"]),
    ("not_trained", ["new rows are pending"]),
    ("promoted", ["mean absolute error down"]),
    ("rejected", ["better than production's", "3 %"]),
)
SIZES = [3_689, 4_728, 11_518, 203, 16_035]  # of the published batches 1 to 5; the last one gets the rest


@dataclass(frozen=True)
class Cycle:
    """The six runs, and what came of each."""

    place: Listings
    database: TestDatabase
    outcomes: list[Outcome]


@pytest.fixture(scope="module")
def cycle(test_database: TestDatabase, mlflow_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cycle]:
    with listings(test_database, mlflow_url, tmp_path_factory.mktemp("listings"), TWENTIETH) as (place, _):
        outcomes = [run_batch(place.context(), f"r{number}") for number in range(1, 7)]
        yield Cycle(place, test_database, outcomes)


def test_the_default_rules_promote_reject_and_leave_be_in_one_cycle(cycle: Cycle) -> None:
    assert cycle.outcomes == ["promoted", "not_trained", "promoted", "not_trained", "promoted", "rejected"]
    rows = cycle.place.batches()
    assert [row.total_records for row in rows][:5] == SIZES
    for row, (outcome, words) in zip(rows, TOLD, strict=True):
        assert row.outcome == outcome
        for word in words:
            assert word in (row.reason or ""), row.reason


def test_each_decision_is_stored_with_its_reason_and_follows_from_its_figures(cycle: Cycle) -> None:
    for row in cycle.place.batches():
        training = decisions.latest(cycle.place.warehouse, NAME, "train", row.id)
        assert training is not None
        assert decide_training(TrainingFigures.model_validate(training.figures)).reason == training.reason
        verdict = decisions.latest(cycle.place.warehouse, NAME, "promote", row.id)
        if row.decision == "skip":
            assert (verdict, row.reason) == (None, training.reason)
        else:
            assert verdict is not None
            assert decide_promotion(GateFigures.model_validate(verdict.figures)).reason == verdict.reason == row.reason


def test_what_is_asked_of_the_model_stands_typed_in_the_view(cycle: Cycle, tmp_path: Path) -> None:
    sent = {**LISTINGS.example, "brokered_by": 103378.0, "zip_code": 601.0, "city": "Nowhere seen", "bed": None}
    with running(_inference(cycle, tmp_path)) as client:
        until(lambda: client.get("/health").json()["parts"]["models"]["serving"].get(NAME))
        body = json.dumps(sent)
        said = client.post(f"/models/{NAME}/predict", content=body, headers={"Content-Type": "application/json"})
        unknown = client.post(f"/models/{NAME}/predict", json={**sent, "state": "Atlantis"})

    assert said.status_code == 200
    assert 10_000 < said.json()["prediction"] < 20_000_000
    assert unknown.status_code == 422
    with cycle.place.warehouse.begin() as connection:
        (row,) = connection.exec_driver_sql(f"SELECT * FROM clean.new_{NAME}").mappings().all()
    assert {name: row[name] for name in sent} == sent
    assert float(row["prediction"]) == pytest.approx(said.json()["prediction"])
    assert isinstance(row["zip_code"], float)


def test_two_runs_at_once_begin_again_together_with_the_tables_cleared_and_the_raw_rows_kept(cycle: Cycle) -> None:
    place, first = cycle.place, cycle.place.batches()
    production = place.context().registry.production(NAME)

    with ThreadPoolExecutor(2) as pool:
        ran = [pool.submit(fetch_in_time, place.context(), run_id) for run_id in ("r7", "r8")]
        fetched = [each.result() for each in ran]

    assert all(isinstance(each, Fetched) for each in fetched)
    begun = [(row.cycle, row.batch_number, row.total_records) for row in place.batches()[6:]]
    assert begun == [(2, 1, SIZES[0]), (2, 2, SIZES[1])]
    assert clean.read(place.warehouse, LISTINGS).empty
    assert [len(raw.read(place.warehouse, LISTINGS, row.id)) for row in first] == [row.total_records for row in first]
    assert {row.status for row in place.batches()[:6]} == {"cleared"}
    assert place.context().registry.production(NAME) == production, "what was learned goes on serving"


def _inference(cycle: Cycle, folder: Path) -> Settings:
    return Settings(
        WarehouseSettings(url=cycle.database.inference_url),
        MlflowSettings(url=cycle.place.mlflow_url, timeout_seconds=10),
        InferenceSettings(reload_key=SecretStr("a-key-for-tests"), model_folder=folder / "models", watch_seconds=3600),
        UseCaseSettings(default_use_case=NAME),
    )
