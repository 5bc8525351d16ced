"""How the service starts: from its disk copies when MLflow is away, and never from a damaged or a foreign one."""

from pathlib import Path
from typing import Any

import pytest

from services.inference.parts import Settings
from telar.settings import MlflowSettings
from tests.services.inference.conftest import figure, reload, running, until, until_served
from tests.services.inference.versions import Registry, Version, keep_on_disk
from tests.support.ports import free_port
from tests.support.tiny import TINY

pytestmark = pytest.mark.engines("postgresql")
RECORD: dict[str, Any] = dict(TINY.example)


@pytest.fixture
def without_mlflow(settings: Settings) -> Settings:
    """The same settings, and nobody at MLflow's address."""
    away = MlflowSettings(url=f"http://127.0.0.1:{free_port()}")
    return Settings(settings.warehouse, away, settings.inference, settings.use_cases)


def test_what_was_served_is_served_again_when_mlflow_is_away(
    settings: Settings, without_mlflow: Settings, registry: Registry, first: Version
) -> None:
    registry.promote("tiny", registry.register(first))
    with running(settings) as client:
        until_served(client)
        before = client.get("/models/tiny").json()
    with running(without_mlflow) as client:
        until_served(client)
        told = client.get("/models/tiny").json()
        assert (told["contract"], told["metrics"]) == (before["contract"], before["metrics"])
        answer = client.post("/predict", json=RECORD).json()
        assert list(answer["probabilities"].values()) == pytest.approx(first.probabilities(RECORD), abs=1e-5)
        until(lambda: client.get("/health").json()["parts"]["mlflow"]["status"] == "away")
        assert client.get("/health").json()["status"] == "degraded"
        assert client.get("/ready").status_code == 200
        refused = reload(client)
        assert refused.status_code == 503
        assert "MLflow does not answer at" in refused.json()["error"]["message"]
        assert client.post("/predict", json=RECORD).status_code == 200


@pytest.mark.parametrize("damage", ["model.onnx", "contract.json", "manifest.json"])
def test_a_damaged_disk_copy_is_not_served(
    without_mlflow: Settings, model_folder: Path, first: Version, damage: str
) -> None:
    folder = keep_on_disk(model_folder, first, "1")
    with (folder / damage).open("r+b") as file:
        file.write(b"\0\0\0")
    with running(without_mlflow) as client:
        until(lambda: figure(client, 'telar_model_load_failures_total{model="tiny"}') == 1)
        assert client.post("/predict", json=RECORD).status_code == 503


def test_a_damaged_disk_copy_is_fetched_anew(
    settings: Settings, registry: Registry, model_folder: Path, first: Version
) -> None:
    registry.promote("tiny", registry.register(first))
    with running(settings) as client:
        until_served(client)
    (model_folder / "tiny" / "1" / "model.onnx").write_bytes(b"bit rot")
    with running(settings) as client:
        until_served(client)
        assert client.post("/predict", json=RECORD).status_code == 200


def test_version_1_of_a_recreated_model_is_not_taken_for_the_old_version_1(
    settings: Settings, registry: Registry, model_folder: Path, first: Version, second: Version
) -> None:
    keep_on_disk(model_folder, first, "1")
    registry.promote("tiny", registry.register(second))
    with running(settings) as client:
        until(lambda: client.get("/models").json()[0]["version"] == "1")
        until(lambda: client.get("/health").json()["parts"]["mlflow"]["status"] == "ok")
        answer = client.post("/predict", json=RECORD).json()
    assert list(answer["probabilities"].values()) == pytest.approx(second.probabilities(RECORD), abs=1e-5)


def test_only_the_served_version_and_the_one_before_stay_on_disk(
    settings: Settings, registry: Registry, model_folder: Path, first: Version, second: Version
) -> None:
    with running(settings) as client:
        for version in (first, second, first):
            registry.promote("tiny", registry.register(version))
            assert reload(client).json()["outcome"] == "loaded"
    kept = {path.name for path in (model_folder / "tiny").iterdir()}
    assert kept == {"2", "3", "current"}


def test_what_a_killed_download_left_is_removed(settings: Settings, model_folder: Path) -> None:
    leftover = model_folder / "tiny" / ".incoming-x"
    leftover.mkdir(parents=True)
    with running(settings):
        assert not leftover.exists()
