"""Two versions of a model from MLflow, each with what it takes to explain it; no use case is imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from telar.adapters.model_registry.http import RegisteredVersion, RegistryHttp
from telar.adapters.model_registry.registry import ModelRegistry, ModelVersion
from telar.adapters.onnx_model import FILE_NAME as ONNX_FILE
from telar.adapters.onnx_model import OnnxModel
from telar.domain.contract import FILE_NAME as CONTRACT_FILE
from telar.domain.contract import Contract
from telar.domain.errors import NoModel
from telar.pipeline.explanation.rows import FILE_NAME as ROWS_FILE
from telar.pipeline.explanation.rows import RowsToExplain
from telar.settings import MlflowSettings

AGAINST_TAG = "telar.gate.against"  # the version that was in production when this one was promoted


@dataclass(frozen=True)
class Loaded:
    """A version that can be asked: its model, its contract and the rows that were kept with it."""

    registered: ModelVersion
    contract: Contract
    model: OnnxModel
    rows: RowsToExplain

    def takes(self, contract: Contract) -> bool:
        """Whether rows of that contract can be answered by this version."""
        known = {column.name: column.numeric for column in contract.columns}
        return all(known.get(column.name) == column.numeric for column in self.contract.columns)


def chosen(registry: ModelRegistry, name: str, version: str | None, other: str | None) -> list[ModelVersion]:
    """The asked version (else the one in production, else the newest), then the other (else the one before it).

    Only one where there is no other.

    Raises:
        NoModel: nothing is registered under that name, or one of the versions is not.
    """
    known = registry.versions(name)
    if not known:
        raise NoModel(
            f"no model is registered under {name}: check the use case's name, or let its DAG run once to train one"
        )
    first = registry.version(name, version) if version else registry.production(name) or known[-1]
    second = registry.version(name, other) if other else _before(first, known)
    return [first, *([second] if second else [])]


def load(settings: MlflowSettings, version: ModelVersion, folder: Path) -> Loaded:
    """Fetch the version's files into an existing folder, and load them.

    Raises:
        NotServable: it lacks one of the files, or they do not fit together.
    """
    asked = RegisteredVersion(version.name, version.version, source="", run_id=version.run_id)
    RegistryHttp(settings).download(asked, (CONTRACT_FILE, ONNX_FILE, ROWS_FILE), folder)
    contract = Contract.model_validate_json((folder / CONTRACT_FILE).read_bytes())
    return Loaded(version, contract, OnnxModel.load(folder, contract), RowsToExplain.load(folder, contract))


def _before(version: ModelVersion, known: Sequence[ModelVersion]) -> ModelVersion | None:
    """The one that it replaced in production; else the last one registered before it; else the newest other one."""
    others = [each for each in known if each.version != version.version]
    replaced = [each for each in others if each.version == version.tags.get(AGAINST_TAG)]
    older = [each for each in others if int(each.version) < int(version.version)]
    return next(iter([*replaced, *reversed(older), *reversed(others)]), None)
