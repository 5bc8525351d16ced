"""A running platform takes what comes: an alias moved by hand, a new file, a broken one, a changed one, a rollback."""

import contextlib
import time
from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from telar.embedded.layout import Layout
from telar.embedded.supervisor import Supervisor
from tests.support.embedded_platform import PROJECT, RunningPlatform, embedded_platform, told, until
from tests.support.tiny import TINY_FOLDER

pytestmark = pytest.mark.timeout(600)

EXTERNAL_SECONDS = 30
NEW_FILE_SECONDS = 60
EXAMPLE = {"Length": 4.2, "Count": 30, "Colour": "red"}
TINY_TEXT = (TINY_FOLDER / "tiny.py").read_text()
THROWAWAY = TINY_TEXT.replace('name="tiny"', 'name="throwaway"').replace('title="Tiny"', 'title="Throwaway"')
HEAVIER = (
    THROWAWAY.replace(
        '"Colour": colour, "Kind"',
        '"Colour": colour, "Weight": (kind * 10 + random.uniform(0, 9, rows)).round(2), "Kind"',
    )
    .replace(
        "columns=(\n",
        'columns=(\n        Column(name="Weight", kind="number", label="Weight", unit="kg", minimum=0, maximum=100),\n',
        1,
    )
    .replace('example={"Length"', 'example={"Weight": 5.0, "Length"')
)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """The embedded platform after its demo of TINY: two batches, version 1 in production, a prediction."""
    with embedded_platform(tmp_path_factory.mktemp("running"), {"tiny.py": TINY_TEXT}, "tiny") as running:
        yield running


def served(platform: RunningPlatform, name: str) -> str | None:
    """The version that inference serves; None while there is none."""
    answer = platform.ask("INFERENCE", "GET", f"/models/{name}")
    return str(answer.json()["version"]) if answer.status_code == 200 else None


def test_an_alias_moved_in_mlflow_is_served_within_30_seconds_and_stands_in_the_history(
    platform: RunningPlatform,
) -> None:
    platform.run_dag("tiny", force_training=True)
    models = "/api/2.0/mlflow/registered-models/alias?name=tiny&alias=production"
    holder = platform.ask("MLFLOW", "GET", models).json()["model_version"]["version"]
    listed = platform.ask("MLFLOW", "GET", "/api/2.0/mlflow/model-versions/search?filter=name='tiny'").json()
    other = next(each["version"] for each in listed["model_versions"] if each["version"] != holder)
    body = {"name": "tiny", "alias": "production", "version": other}
    moved = platform.ask("MLFLOW", "POST", "/api/2.0/mlflow/registered-models/alias", body)
    assert moved.status_code == 200, told(moved)

    until(f"version {other} is served instead of {holder}", lambda: served(platform, "tiny") == other, EXTERNAL_SECONDS)
    platform.telar("reconcile", "tiny")
    history = platform.rows("SELECT version, state FROM ops.promotions WHERE use_case = 'tiny' ORDER BY id")
    assert history[-1] == {"version": other, "state": "external"}


def test_every_request_is_recorded_with_its_answer(platform: RunningPlatform) -> None:
    good = platform.ask("INFERENCE", "POST", "/predict", EXAMPLE)
    bad = platform.ask("INFERENCE", "POST", "/predict", EXAMPLE | {"Colour": "mauve"})
    assert (good.status_code, bad.status_code) == (200, 422), told(bad)

    def recorded() -> dict[int, str]:
        rows = platform.rows("SELECT request_id, status FROM ops.predictions")
        return {row["status"]: row["request_id"] for row in rows}

    until("both requests are in ops.predictions", lambda: {200, 422} <= set(recorded()), 20)


def test_a_broken_file_leaves_the_others_working(platform: RunningPlatform) -> None:
    (platform.use_cases / "broken.py").write_text("USE_CASE = 1 / 0\n")
    try:
        feed = platform.ask("DATA_API", "GET", "/tiny/")
        assert feed.status_code == 200, told(feed)
        until("the broken file has a DAG of its name", lambda: platform.airflow().knows("broken"), NEW_FILE_SECONDS)
        assert platform.airflow().knows("tiny")
        assert "ZeroDivisionError" in platform.telar("use-cases")
        assert platform.ask("INFERENCE", "POST", "/models/tiny/predict", EXAMPLE).status_code == 200
    finally:
        (platform.use_cases / "broken.py").unlink()


def test_a_file_dropped_in_becomes_dag_tables_feed_route_form_and_prediction_and_may_change(
    platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = pids(platform)
    began = time.monotonic()
    (platform.use_cases / "throwaway.py").write_text(THROWAWAY)
    until("Airflow has the DAG", lambda: platform.airflow().knows("throwaway"), NEW_FILE_SECONDS)
    platform.airflow().unpause("throwaway")
    platform.run_dag("throwaway")
    first = until("version 1 is served", lambda: served(platform, "throwaway"), NEW_FILE_SECONDS)
    answer = platform.ask("INFERENCE", "POST", "/models/throwaway/predict", EXAMPLE)
    assert answer.status_code == 200, told(answer)
    seconds = time.monotonic() - began
    run = platform.rows("SELECT finished_at - started_at AS took FROM ops.runs WHERE use_case = 'throwaway'")[0]["took"]
    assert seconds - run.total_seconds() < NEW_FILE_SECONDS
    assert platform.rows("SELECT count(*) AS n FROM raw.throwaway")[0]["n"] > 0
    assert form_labels(platform, monkeypatch) == ["Length (m)", "Count"]

    (platform.use_cases / "throwaway.py").write_text(HEAVIER)
    platform.run_dag("throwaway", restart_source=True, force_training=True)
    until("the next version is served", lambda: served(platform, "throwaway") not in (first, None), 30)
    refused = platform.ask("INFERENCE", "POST", "/models/throwaway/predict", EXAMPLE)
    assert refused.status_code == 422, told(refused)
    assert refused.json()["error"]["problems"][0]["field"] == "Weight"
    answer = platform.ask("INFERENCE", "POST", "/models/throwaway/predict", EXAMPLE | {"Weight": 5.0})
    assert answer.status_code == 200, told(answer)
    assert form_labels(platform, monkeypatch) == ["Weight (kg)", "Length (m)", "Count"]

    platform.telar("rollback", "throwaway")
    until("version 1 is served again", lambda: served(platform, "throwaway") == first, 30)
    assert platform.ask("INFERENCE", "POST", "/models/throwaway/predict", EXAMPLE).status_code == 200
    assert pids(platform) == processes, "nothing was restarted"


def pids(platform: RunningPlatform) -> dict[str, int]:
    """Each program of the supervisor and its process."""
    with contextlib.chdir(platform.project):
        return {str(one["name"]): int(one["pid"]) for one in Supervisor(Layout(platform.project)).processes()}


def form_labels(platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The numeric fields that the portal's form shows for the throw-away model, in their order."""
    for name, value in {
        "TELAR_INFERENCE_URL": platform.url("INFERENCE"),
        "TELAR_MLFLOW_URL": platform.url("MLFLOW"),
        "TELAR_PORTAL_DATA_API_URL": platform.url("DATA_API"),
        "TELAR_PORTAL_AIRFLOW_URL": platform.url("AIRFLOW"),
        "TELAR_DEFAULT_USE_CASE": "throwaway",
        "TELAR_WAREHOUSE_URL": f"postgresql+psycopg2://telar_reader:{platform.secrets['TELAR_DB_READER_PASSWORD']}"
        f"@127.0.0.1:{platform.environment['TELAR_POSTGRES_PORT']}/batches_db",
    }.items():
        monkeypatch.setenv(name, value)
    st.cache_resource.clear()
    app = AppTest.from_file(str(PROJECT / "services" / "portal" / "app.py"), default_timeout=30).run()
    app = app.switch_page("app_pages/predict.py").run()
    assert not app.exception, app.exception[0].message
    shown = [each.value for kind in (app.error, app.warning, app.info) for each in kind]
    assert app.number_input, f"the page has no form but says {shown}"
    return [field.label for field in app.number_input]
