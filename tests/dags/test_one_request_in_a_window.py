"""Whatever Airflow starts at once, the source is asked once in a window and every batch is stored once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from services.data_api import answer_log
from telar.adapters.warehouse import history, open_warehouse
from tests.dags.scheduled import Airflow, eventually, running_airflow
from tests.support.spine import Spine, running_spine, variant

DAG = "five_batches"
WINDOW_SECONDS = 3
STEADY = '"drift": DriftRules(batch_change=9, max_psi=9, max_wasserstein=9, max_new_category_share=1)'
SOURCE = f'"source": DataApiSource(batches=5, window_seconds={WINDOW_SECONDS}, answer_share=0.5, sample_rows=6000)'
HOUR = timedelta(hours=1)
LAST_TICK = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
INSTALLED = LAST_TICK - 4 * HOUR
MAX_CATCHUP = 2
MISSED = "at most 2 are caught up"


@pytest.fixture
def windowed(tmp_path: Path) -> Iterator[Spine]:
    """A source of five batches with a window, and a schedule of whose missed runs three are still worth making."""
    folder = tmp_path / "use_cases"
    folder.mkdir()
    variant(folder, DAG, f"{STEADY}, {SOURCE}")
    settings = {
        "TELAR_SCHEDULE": "0 * * * *",
        "TELAR_START_DATE": INSTALLED.isoformat(),
        "TELAR_MAX_CATCHUP": str(MAX_CATCHUP),
    }
    with running_spine(tmp_path, folder, **settings) as spine:
        yield spine


@pytest.mark.timeout(400)
def test_catch_up_a_manual_run_and_a_backfill_at_once_store_each_batch_once(windowed: Spine) -> None:
    with running_airflow(windowed, "airflow") as airflow:
        eventually(lambda: airflow.knows(DAG), "the DAG is parsed", 60)
        airflow.ask("POST", f"dags/{DAG}/dagRuns", {"logical_date": None, "conf": {}})
        airflow.ask("POST", "backfills", backfill(INSTALLED - HOUR))
        airflow.ask("PATCH", f"dags/{DAG}", {"is_paused": False})
        eventually(lambda: all_ended(airflow, at_least=7), "seven runs have ended", 200)
        runs = airflow.runs(DAG)
        linked = {view["name"] for each in airflow.ask("GET", "plugins")["plugins"] for view in each["external_views"]}

    assert {each["state"] for each in runs} == {"success"}
    kinds = sorted(each["run_type"] for each in runs)
    assert [kinds.count(kind) for kind in ("backfill", "manual")] == [1, 1]
    assert kinds.count("scheduled") >= 5
    assert_old_runs_ended_as_missed(windowed)
    assert_each_batch_once(windowed)
    assert_one_request_in_a_window(windowed)

    assert linked >= {"Portal", "MLflow", "Inference API", "Data API"}


def backfill(day: datetime) -> dict[str, object]:
    """A request for the one run of that hour."""
    return {"dag_id": DAG, "from_date": day.isoformat(), "to_date": day.isoformat(), "max_active_runs": 2}


def all_ended(airflow: Airflow, at_least: int) -> bool:
    states = [each["state"] for each in airflow.runs(DAG)]
    return len(states) >= at_least and set(states) <= {"success", "failed"}


def assert_old_runs_ended_as_missed(spine: Spine) -> None:
    with open_warehouse(spine.environment["TELAR_WAREHOUSE_URL"]) as warehouse:
        missed = [run for run in history.runs(warehouse, DAG, 20) if run.outcome == "missed"]
    assert len(missed) >= 2
    assert all(MISSED in (run.reason or "") for run in missed)


def assert_each_batch_once(spine: Spine) -> None:
    with open_warehouse(spine.environment["TELAR_WAREHOUSE_URL"]) as warehouse:
        batches = history.batches(warehouse, DAG, 20)
    assert sorted(batch.batch_number for batch in batches) == [1, 2, 3, 4, 5]
    assert {batch.status for batch in batches} == {"prepared"}
    assert {batch.cycle for batch in batches} == {1}


def assert_one_request_in_a_window(spine: Spine) -> None:
    answers = answer_log.read(Path(spine.environment["TELAR_DATA_API_STATE_FOLDER"]))
    assert [answer.batch for answer in answers] == [1, 2, 3, 4, 5]
    times = [answer.time for answer in answers]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    assert min(gaps) >= WINDOW_SECONDS, gaps
