"""Two trainings on the same rows in fresh processes are the same training."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from mlflow import MlflowClient

from telar.adapters.model_registry.registry import ModelRegistry
from telar.adapters.onnx_model import OnnxModel
from telar.domain.use_case import UseCase
from tests.support.priced import typed

ROOT = Path(__file__).parents[3]


def test_two_trainings_in_fresh_processes_give_identical_models(
    registry: ModelRegistry, use_case: UseCase, mlflow_url: str, tmp_path: Path
) -> None:
    one = _train(mlflow_url, use_case.name, batch_id=1, jobs=1, seed=11, work=tmp_path)
    other = _train(mlflow_url, use_case.name, batch_id=2, jobs=2, seed=22, work=tmp_path)
    assert one[0] != other[0], "two versions"
    assert one[2] == other[2], "one digest of the rows, whatever their order"
    assert _searched(mlflow_url, one[1], tmp_path / "1") == _searched(mlflow_url, other[1], tmp_path / "2")
    contract = registry.check_servable(use_case.name, one[0])
    rows = typed(use_case, 2_000, 9)
    columns = {column.name: rows[column.name].tolist() for column in contract.columns}
    first, second = (
        OnnxModel.load(registry.download(use_case.name, each[0], tmp_path / f"v{each[0]}"), contract).run(columns)
        for each in (one, other)
    )
    np.testing.assert_array_equal(first.probabilities, second.probabilities)
    assert first.labels == second.labels


def _train(url: str, name: str, batch_id: int, jobs: int, seed: int, work: Path) -> list[str]:
    """Version, run id and data digest, from a fresh process with another hash seed."""
    arguments = [url, name, str(batch_id), str(jobs), str(seed), str(work)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.training.training_process", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def _searched(url: str, run_id: str, folder: Path) -> Any:  # noqa: ANN401 # JSON
    """Every draw of every candidate with its score, to the last bit; not the time that it took."""
    folder.mkdir()
    path = MlflowClient(tracking_uri=url).download_artifacts(run_id, "candidates.json", str(folder))
    candidates = json.loads(Path(path).read_text())
    return [{key: value for key, value in each.items() if key != "fit_seconds"} for each in candidates]
