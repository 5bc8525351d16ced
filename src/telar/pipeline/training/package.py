"""The folder of a model version: MLflow's ONNX flavour, Telar's files, and a scikit-learn form for notebooks."""

from pathlib import Path
from typing import Any

import onnx
from mlflow import onnx as onnx_flavour
from mlflow import sklearn as sklearn_flavour
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema
from sklearn.pipeline import Pipeline
from skops import io as skops_io

from telar.adapters.onnx_model import FILE_NAME as ONNX_FILE
from telar.domain.contract import FILE_NAME as CONTRACT_FILE
from telar.domain.contract import Contract
from telar.domain.errors import NotConvertible
from telar.domain.profile import Profile
from telar.domain.promotion import Parity
from telar.pipeline.training.code_version import package_versions

PROFILE_FILE, PARITY_FILE, CARD_FILE = "profile.json", "parity.json", "model_card.md"
SKLEARN_FOLDER = "sklearn"
_TRUSTED = ("numpy.", "scipy.", "sklearn.", "telar.pipeline.features.", "xgboost.")


def write_model(
    folder: Path, onnx_bytes: bytes, pipeline: Pipeline, contract: Contract, profile: Profile, parity: Parity
) -> None:
    """Everything that inference, gate and notebooks need, below the new ``folder``; nothing in it is a pickle."""
    onnx_flavour.save_model(
        onnx.load_model_from_string(onnx_bytes),
        folder,
        signature=_signature(contract),
        conda_env=_environment("onnx", "onnxruntime", "numpy", "pandas"),
        onnx_execution_providers=["CPUExecutionProvider"],
        save_as_external_data=False,
    )
    (folder / ONNX_FILE).write_bytes(onnx_bytes)  # the very bytes that were compared
    (folder / CONTRACT_FILE).write_text(contract.model_dump_json(indent=1))
    (folder / PROFILE_FILE).write_text(profile.model_dump_json())
    (folder / PARITY_FILE).write_text(parity.model_dump_json(indent=1))
    trusted = _trusted_types(pipeline)
    sklearn_flavour.save_model(
        pipeline,
        folder / SKLEARN_FOLDER,
        serialization_format="skops",
        skops_trusted_types=trusted,
        conda_env=_environment("scikit-learn", "skops", "numpy", "pandas", "scipy", *_more(trusted)),
    )


def _more(types: list[str]) -> list[str]:
    return ["xgboost"] if any(name.startswith("xgboost.") for name in types) else []


def _trusted_types(pipeline: Pipeline) -> list[str]:
    """The types in a pipeline that skops asks about: all must come from packages that the model is made of."""
    asked: list[str] = skops_io.get_untrusted_types(data=skops_io.dumps(pipeline))
    strange = [name for name in asked if not name.startswith(_TRUSTED)]
    if strange:
        raise NotConvertible(f"the pipeline holds {', '.join(strange)}, which has no form without pickle")
    return asked


def _signature(contract: Contract) -> ModelSignature:
    columns: list[Any] = [
        ColSpec(DataType.float if column.numeric else DataType.string, column.name) for column in contract.columns
    ]
    return ModelSignature(inputs=Schema(columns))


def _environment(*packages: str) -> dict[str, Any]:
    """The packages that load the model; given whole, since mlflow's own guess asks for an installed pip."""
    versions = package_versions()
    pins = [f"{name}=={versions[name]}" for name in ("mlflow", *packages)]
    return {"name": "mlflow-env", "dependencies": [f"python={versions['python']}", "pip", {"pip": pins}]}
