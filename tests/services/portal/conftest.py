"""The portal's pages, run by Streamlit's own test harness against the real inference API."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import streamlit as st
from pydantic import SecretStr
from streamlit.testing.v1 import AppTest

from services.inference.main import build_app
from services.inference.parts import Settings
from telar.settings import InferenceSettings, MlflowSettings, UseCaseSettings, WarehouseSettings
from tests.services.inference.versions import keep_on_disk, make_version
from tests.support.ports import free_port
from tests.support.serving import serving

APP = Path(__file__).resolve().parents[3] / "services" / "portal" / "app.py"
KEY = "a-key-for-tests"
METRICS = {"train_macro_f1": 0.91, "validation_macro_f1": 0.88, "test_macro_f1": 0.87654, "test_accuracy": 0.9}
TAGS = {"telar.provenance": "sample", "telar.origin": "generated sample of Tiny, 300 made-up rows; not real data"}
READY_SECONDS = 20.0

OpenPage = Callable[[str], AppTest]


@pytest.fixture
def nowhere() -> str:
    """An address of loopback that nobody listens on."""
    return f"127.0.0.1:{free_port()}"


@pytest.fixture(autouse=True)
def everything_away(nowhere: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every service is away unless a test brings it."""
    for name in ("TELAR_PORTAL_AIRFLOW_URL", "TELAR_PORTAL_DATA_API_URL", "TELAR_MLFLOW_URL", "TELAR_INFERENCE_URL"):
        monkeypatch.setenv(name, f"http://{nowhere}")
    monkeypatch.setenv("TELAR_WAREHOUSE_URL", f"postgresql+psycopg2://telar_reader:x@{nowhere}/batches_db")
    monkeypatch.setenv("TELAR_PUBLIC_HOST", "telar.example")
    monkeypatch.delenv("TELAR_INFERENCE_RELOAD_KEY", raising=False)
    yield
    st.cache_resource.clear()


@pytest.fixture
def open_page() -> OpenPage:
    """Opens the portal as a browser does, and goes to a page."""

    def opened(page: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=30).run()
        if page != "home":
            app = app.switch_page(f"app_pages/{page}.py").run()
        assert not app.exception, app.exception[0].message
        return app

    return opened


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A disk copy of version 7 of TINY, trained on generated rows."""
    root = tmp_path_factory.mktemp("models")
    manifest = keep_on_disk(root, make_version(1), "7") / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"metrics": METRICS, "tags": TAGS}))
    return root


@pytest.fixture
def inference(model_folder: Path, nowhere: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The inference API, serving version 7 from its disk copy while MLflow and the warehouse are away."""
    with serving(build_app(lambda: _settings(nowhere, model_folder))) as url:
        _wait_until_ready(url)
        monkeypatch.setenv("TELAR_INFERENCE_URL", url)
        yield url


@pytest.fixture
def inference_without_model(tmp_path: Path, nowhere: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The inference API before the first promotion."""
    with serving(build_app(lambda: _settings(nowhere, tmp_path))) as url:
        monkeypatch.setenv("TELAR_INFERENCE_URL", url)
        yield url


def _settings(nowhere: str, models: Path) -> Settings:
    return Settings(
        WarehouseSettings(url=SecretStr(f"postgresql+psycopg2://telar_inference:x@{nowhere}/batches_db")),
        MlflowSettings(url=f"http://{nowhere}", timeout_seconds=2),
        InferenceSettings(reload_key=SecretStr(KEY), model_folder=models, watch_seconds=3600),
        UseCaseSettings(default_use_case="tiny"),
    )


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while requests.get(f"{url}/ready", timeout=5).status_code != requests.codes.ok:
        assert time.monotonic() < deadline, "the inference API did not load its disk copy"


def texts(app: AppTest) -> str:
    """Every word that a page shows outside tables and inputs."""
    kinds = ("title", "header", "caption", "markdown", "info", "warning", "error", "success")
    return "\n".join(str(getattr(each, "value", "")) for kind in kinds for each in app.get(kind))


def linked(app: AppTest) -> dict[str, str]:
    """Where each link button of a page leads."""
    return {each.proto.label: each.proto.url for each in app.get("link_button")}


def press(app: AppTest, label: str) -> AppTest:
    """The page after the button of that label was pressed."""
    return next(button for button in app.button if button.label == label).click().run()
