"""A registry on the session's MLflow, and a use case with a name of its own for each test."""

import uuid
from pathlib import Path

import pytest

from telar.adapters.model_registry.registry import ModelRegistry
from telar.domain.use_case import UseCase
from telar.pipeline.training import TrainingReason
from telar.settings import MlflowSettings
from tests.support.tiny import TINY


@pytest.fixture
def registry(mlflow_url: str) -> ModelRegistry:
    return ModelRegistry(MlflowSettings(url=mlflow_url))


@pytest.fixture
def use_case() -> UseCase:
    """TINY under a name that nothing is registered under."""
    return renamed(TINY)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work folder"


def renamed(use_case: UseCase) -> UseCase:
    return use_case.model_copy(update={"name": f"{use_case.name}_{uuid.uuid4().hex[:8]}"})


def reason(batch_id: int = 2) -> TrainingReason:
    """Why the tests train."""
    return TrainingReason(batch_id, f"run-of-{batch_id}", "no model is in production", {"pending_rows": 1_500})
