"""The inference API in front of a real MLflow and a real warehouse."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from httpx2 import Response
from pydantic import SecretStr
from starlette.testclient import TestClient

from services.inference.main import build_app
from services.inference.parts import Settings
from telar.settings import InferenceSettings, MlflowSettings, UseCaseSettings, WarehouseSettings
from tests.services.inference.versions import Registry, Version, make_version
from tests.support.databases import TestDatabase
from tests.support.mlflow_server import running_mlflow

KEY = "a-key-for-tests"


@pytest.fixture(scope="session")
def mlflow_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An MLflow server of its own."""
    folder = tmp_path_factory.mktemp("mlflow")
    with running_mlflow(f"sqlite:///{folder}/mlflow.db", folder) as url:
        yield url


@pytest.fixture
def registry(mlflow_url: str, tmp_path: Path) -> Registry:
    """A hand in MLflow, with no model of the tests before."""
    work = tmp_path / "files"
    work.mkdir()
    hand = Registry(mlflow_url, work)
    hand.forget_all()
    return hand


@pytest.fixture(scope="session")
def first() -> Version:
    """One version of TINY."""
    return make_version(1)


@pytest.fixture(scope="session")
def second() -> Version:
    """Another, with other answers."""
    return make_version(2)


@pytest.fixture(scope="session")
def wider() -> Version:
    """A version of a later definition, with one more column."""
    return make_version(3, width=True)


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """Where the API keeps its disk copies."""
    return tmp_path / "models"


@pytest.fixture
def settings(database: TestDatabase, mlflow_url: str, model_folder: Path) -> Settings:
    """Settings of an API that only looks at MLflow when it starts and when it is told to."""
    return Settings(
        WarehouseSettings(url=database.inference_url),
        MlflowSettings(url=mlflow_url, timeout_seconds=10),
        InferenceSettings(
            reload_key=SecretStr(KEY),
            model_folder=model_folder,
            watch_seconds=3600,
            max_body_bytes=20_000,
            max_batch_records=50,
        ),
        UseCaseSettings(default_use_case="tiny"),
    )


@contextmanager
def running(settings: Settings) -> Iterator[TestClient]:
    """The API, started; stopped at the end of the block."""
    with TestClient(build_app(lambda: settings), raise_server_exceptions=False) as client:
        yield client


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for what another thread does; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"did not come true within {seconds:g} s"
        pause.wait(0.02)


def until_served(client: TestClient, version: str = "1") -> None:
    """Wait until this version of TINY is served."""
    until(lambda: client.get("/health").json()["parts"]["models"]["serving"].get("tiny") == version)


def reload(client: TestClient, name: str = "tiny") -> Response:
    """What the reload route answers to somebody who has the key."""
    return client.post(f"/models/{name}/reload", headers={"X-API-Key": KEY})


def figure(client: TestClient, series: str) -> float | None:
    """The value of one series of /metrics; None when it is not there."""
    lines = (line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines() if not line.startswith("#"))
    return next((float(value) for name, value in lines if name == series), None)
