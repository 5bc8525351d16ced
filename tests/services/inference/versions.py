"""Model versions of TINY for the tests: small, real, registered in a real MLflow, and each with answers of its own."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow import MlflowClient
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from services.inference.manifest import Manifest
from telar.domain.columns import Column
from telar.domain.contract import Contract
from telar.domain.promotion import Parity
from tests.support.tiny import TINY

WIDTH = Column(name="Width", kind="number", label="Width", unit="m", minimum=0, maximum=10)


@dataclass(frozen=True)
class Version:
    """The files of one version, and the scikit-learn pipeline that they were made from."""

    files: Mapping[str, bytes]
    contract: Contract
    pipeline: Pipeline

    def probabilities(self, record: Mapping[str, Any]) -> list[float]:
        """What the pipeline says of one record."""
        found: list[float] = self.pipeline.predict_proba(pd.DataFrame([record]))[0].tolist()
        return found


def make_version(seed: int, name: str = "tiny", width: bool = False) -> Version:
    """A version whose answers differ with the seed; with ``width`` it asks for one more column."""
    random = np.random.default_rng(seed)
    rows = TINY.sample(300, seed)
    kinds = rows.pop("Kind").to_numpy()
    columns = (*TINY.columns, WIDTH) if width else TINY.columns
    if width:
        rows["Width"] = random.uniform(0, 10, len(rows))
    numbers = [column.name for column in columns if column.numeric]
    rows[numbers] = rows[numbers].astype("float32")
    pipeline = make_pipeline(
        make_column_transformer((StandardScaler(), numbers), (OneHotEncoder(handle_unknown="ignore"), ["Colour"])),
        LogisticRegression(),
    ).fit(rows, (kinds.astype(int) + seed) % 3)
    contract = TINY.contract(TINY.target.values).model_copy(
        update={"name": name, "columns": columns, "example": {**TINY.example, **({"Width": 2.5} if width else {})}}
    )
    parity = Parity(rows=300, label_agreement=1.0, max_probability_difference=1e-7)
    return Version(
        {
            "model.onnx": _onnx(pipeline, columns),
            "contract.json": contract.model_dump_json().encode(),
            "parity.json": parity.model_dump_json().encode(),
        },
        contract,
        pipeline,
    )


def _onnx(pipeline: Pipeline, columns: tuple[Column, ...]) -> bytes:
    kinds = [(c.name, FloatTensorType([None, 1]) if c.numeric else StringTensorType([None, 1])) for c in columns]
    options = {id(pipeline): {"zipmap": False}}
    graph = convert_sklearn(pipeline, initial_types=kinds, options=options, target_opset={"": 18, "ai.onnx.ml": 3})
    serialised: bytes = graph.SerializeToString()
    return serialised


class Registry:
    """The tests' hand in a real MLflow: registers versions and moves aliases."""

    def __init__(self, url: str, work: Path) -> None:
        self.url = url
        self._client = MlflowClient(url, url)
        self._work = work

    def register(self, version: Version, without: tuple[str, ...] = (), **changed: bytes) -> str:
        """The number under which the version is registered; files may be left out, or changed on the way."""
        name = version.contract.name
        client = self._client
        found = client.get_experiment_by_name(name)
        experiment = found.experiment_id if found else client.create_experiment(name)
        run = client.create_run(experiment).info.run_id
        client.log_metric(run, "test_accuracy", 0.75)
        model = client.create_logged_model(experiment, name="model", source_run_id=run)
        for file in set(version.files) - set(without):
            path = self._work / file
            path.write_bytes(changed.get(file.split(".")[0], version.files[file]))
            client.log_model_artifact(model.model_id, str(path))
        client.finalize_logged_model(model.model_id, "READY")
        if name not in {each.name for each in client.search_registered_models()}:
            client.create_registered_model(name)
        tags = {"telar.provenance": "sample"}
        return str(
            client.create_model_version(name, f"models:/{model.model_id}", run, tags, model_id=model.model_id).version
        )

    def repair(self, version: Version, number: str) -> None:
        """All files of a registered version are those of ``version`` from now on."""
        source = self._client.get_model_version(version.contract.name, number).source
        assert source
        model_id = source.removeprefix("models:/")
        for file, content in version.files.items():
            (self._work / file).write_bytes(content)
            self._client.log_model_artifact(model_id, str(self._work / file))

    def promote(self, name: str, version: str) -> None:
        """The alias ``production`` names this version from now on."""
        self._client.set_registered_model_alias(name, "production", version)

    def withdraw(self, name: str) -> None:
        """No version holds the alias ``production``."""
        self._client.delete_registered_model_alias(name, "production")

    def forget_all(self) -> None:
        """No model is registered any more."""
        for model in self._client.search_registered_models():
            self._client.delete_registered_model(model.name)


def keep_on_disk(root: Path, version: Version, number: str) -> Path:
    """The version as an earlier life of the service left it below the model folder."""
    manifest = Manifest(
        name=version.contract.name,
        version=number,
        source="models:/m-0",
        run_id="",
        metrics={},
        tags={},
        files={file: hashlib.sha256(content).hexdigest() for file, content in version.files.items()},
    )
    folder = root / manifest.name / number
    folder.mkdir(parents=True)
    for file, content in version.files.items():
        (folder / file).write_bytes(content)
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    (folder.parent / "current").write_text(number)
    return folder
