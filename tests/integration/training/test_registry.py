"""The registry says what is in production, and refuses what must not be served."""

from datetime import UTC, datetime
from pathlib import Path

import mlflow.onnx
import pytest
from mlflow import MlflowClient

from telar.adapters.model_registry.registry import ModelRegistry
from telar.adapters.model_registry.run_record import RunRecord
from telar.domain.errors import NoModel, NotServable, RegistryError
from telar.domain.use_case import UseCase
from telar.pipeline.training import train
from telar.settings import MlflowSettings
from tests.integration.training.conftest import reason, renamed
from tests.support.priced import training_rows
from tests.support.tiny import TINY


@pytest.fixture(scope="module")
def version(mlflow_url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A registered model's name and version."""
    use_case = renamed(TINY)
    registry = ModelRegistry(MlflowSettings(url=mlflow_url))
    made = train(use_case, training_rows(use_case), registry, reason(), tmp_path_factory.mktemp("work"), 2)
    return use_case.name, made.version


def test_nothing_is_in_production_before_the_first_promotion(registry: ModelRegistry, version: tuple[str, str]) -> None:
    assert registry.production("never_heard_of") is None
    assert registry.production(version[0]) is None


def test_the_alias_says_what_is_in_production(
    registry: ModelRegistry, version: tuple[str, str], mlflow_url: str
) -> None:
    name, number = version
    registry.set_production(name, number)
    found = registry.production(name)
    assert found is not None
    assert (found.version, found.run_id) == (number, registry.version(name, number).run_id)
    MlflowClient(tracking_uri=mlflow_url, registry_uri=mlflow_url).delete_registered_model_alias(name, "production")
    assert registry.production(name) is None


def test_tags_are_set_and_replaced_and_searched(registry: ModelRegistry, version: tuple[str, str]) -> None:
    name, number = version
    registry.tag(name, number, {"telar.gate.reason": "first", "telar.gate.choice": "promote"})
    registry.tag(name, number, {"telar.gate.reason": "it's second"})
    assert registry.version(name, number).tags["telar.gate.reason"] == "it's second"
    found = registry.find(name, {"telar.gate.choice": "promote", "telar.batch_id": "2"})
    assert found is not None
    assert found.version == number
    assert registry.find(name, {"telar.gate.choice": "reject"}) is None


def test_a_version_that_is_not_there_is_named(registry: ModelRegistry, version: tuple[str, str]) -> None:
    with pytest.raises(NoModel, match="no version 99"):
        registry.version(version[0], "99")
    with pytest.raises(RegistryError, match="give the alias production to version 99"):
        registry.set_production(version[0], "99")


def test_a_version_of_somebody_else_is_not_servable(
    registry: ModelRegistry, use_case: UseCase, mlflow_url: str, tmp_path: Path
) -> None:
    client = MlflowClient(tracking_uri=mlflow_url, registry_uri=mlflow_url)
    model = client.create_logged_model(client.create_experiment(use_case.name), name="by_hand")
    (tmp_path / "model.pkl").write_bytes(b"who knows")
    client.log_model_artifact(model.model_id, str(tmp_path / "model.pkl"))
    client.finalize_logged_model(model.model_id, "READY")
    client.create_registered_model(use_case.name)
    source = f"models:/{model.model_id}"
    client.create_model_version(use_case.name, source=source, model_id=model.model_id, await_creation_for=0)
    with pytest.raises(NotServable, match=r"no contract\.json and no model\.onnx and no tag telar\.parity"):
        registry.check_servable(use_case.name, "1")


@pytest.mark.parametrize("text", ["{}", "not json", "other"])
def test_a_version_with_a_wrong_contract_is_not_servable(
    registry: ModelRegistry, use_case: UseCase, version: tuple[str, str], tmp_path: Path, text: str
) -> None:
    folder = registry.download(*version, tmp_path / "files")
    if text != "other":
        (folder / "contract.json").write_text(text)
    files = tmp_path / "run"
    files.mkdir()
    record = RunRecord(
        name="by hand",
        parameters={},
        metrics={},
        tags={"telar.parity": "label_agreement=1"},
        files=files,
        model=folder,
        description="",
        started_at=datetime.now(UTC),
        run_tags={},
    )
    made = registry.log_and_register(use_case.name, record)
    with pytest.raises(NotServable, match=r"is for tiny_|is not a contract"):
        registry.check_servable(use_case.name, made.version)


def test_mlflow_itself_can_load_the_version(registry: ModelRegistry, version: tuple[str, str], tmp_path: Path) -> None:
    folder = registry.download(*version, tmp_path)
    graph = mlflow.onnx.load_model(str(folder))
    assert [each.name for each in graph.graph.input] == ["Length", "Count", "Colour"]
