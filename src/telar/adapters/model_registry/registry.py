"""The model registry: versions, the alias `production`, their tags and files, through the mlflow package."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow import artifacts
from mlflow.entities import model_registry as entities
from mlflow.exceptions import MlflowException
from pydantic import ValidationError

from telar.adapters.model_registry.connection import asking, connect
from telar.adapters.model_registry.run_record import RunRecord, log_run
from telar.adapters.onnx_model import FILE_NAME as ONNX_FILE
from telar.domain.contract import FILE_NAME as CONTRACT_FILE
from telar.domain.contract import Contract
from telar.domain.errors import NoModel, NotServable
from telar.settings import MlflowSettings

ALIAS = "production"
PARITY_TAG = "telar.parity"
BATCH_TAG = "telar.batch_id"
_NONE_YET = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")


@dataclass(frozen=True)
class ModelVersion:
    """One registered version: ``version`` is MLflow's number as text, ``run_id`` the run that made it.

    ``created_at`` is when it was registered (UTC).
    """

    name: str
    version: str
    run_id: str
    model_id: str
    tags: Mapping[str, str]
    created_at: datetime


class ModelRegistry:
    """MLflow's registry and runs; every method raises RegistryUnavailable within seconds when MLflow is away."""

    def __init__(self, settings: MlflowSettings) -> None:
        self._settings = settings
        self._client = connect(settings)

    @property
    def url(self) -> str:
        """Where MLflow answers."""
        return self._settings.url

    def production(self, name: str) -> ModelVersion | None:
        """The version that holds the alias `production`; None when nothing is registered or nobody holds it."""
        with asking(self._settings, f"tell which version of {name} holds the alias {ALIAS}"):
            try:
                return _version(self._client.get_model_version_by_alias(name, ALIAS))
            except MlflowException as error:
                if self._tells_absence(error, name):
                    return None
                raise

    def version(self, name: str, version: str) -> ModelVersion:
        """One version.

        Raises:
            NoModel: it is not registered.
        """
        with asking(self._settings, f"tell of version {version} of {name}"):
            try:
                return _version(self._client.get_model_version(name, version))
            except MlflowException as error:
                if self._tells_absence(error, name):
                    raise NoModel(f"model {name} has no version {version}; see the versions in MLflow") from error
                raise

    def set_production(self, name: str, version: str) -> None:
        """Moves the alias `production` to that version."""
        with asking(self._settings, f"give the alias {ALIAS} to version {version} of {name}"):
            self._client.set_registered_model_alias(name, ALIAS, version)

    def tag(self, name: str, version: str, tags: Mapping[str, str]) -> None:
        """Sets tags on a version, replacing those of the same key."""
        with asking(self._settings, f"tag version {version} of {name}"):
            for key, value in tags.items():
                self._client.set_model_version_tag(name, version, key, value)

    def find(self, name: str, tags: Mapping[str, str]) -> ModelVersion | None:
        """The newest version that carries all of these tags."""
        wanted = " and ".join([f"name = '{name}'", *(f"tags.`{key}` = '{value}'" for key, value in tags.items())])
        with asking(self._settings, f"find a version of {name} by its tags"):
            found = [_version(each) for each in self._client.search_model_versions(wanted)]
        return max(found, key=lambda each: int(each.version), default=None)

    def versions(self, name: str) -> list[ModelVersion]:
        """Every registered version, the oldest first; none where nothing is registered."""
        with asking(self._settings, f"list the versions of {name}"):
            found = [_version(each) for each in self._client.search_model_versions(f"name = '{name}'")]
        return sorted(found, key=lambda each: int(each.version))

    def metrics(self, run_id: str) -> dict[str, float]:
        """The metrics of a run."""
        with asking(self._settings, f"tell the metrics of run {run_id}"):
            return dict(self._client.get_run(run_id).data.metrics)

    def download(self, name: str, version: str, folder: Path) -> Path:
        """Every file of that version's logged model, below ``folder``; returns where they are."""
        return self._fetch(name, version, "", folder)

    def check_servable(self, name: str, version: str) -> Contract:
        """The contract of a version that inference may serve.

        Raises:
            NotServable: without Telar's contract, ONNX file or parity evidence, or with another model's contract.
        """
        found = self.version(name, version)
        files = self._files(found)
        missing = [each for each in (CONTRACT_FILE, ONNX_FILE) if each not in files]
        missing += [] if PARITY_TAG in found.tags else [f"tag {PARITY_TAG}"]
        if missing:
            raise NotServable(
                f"version {version} of {name} cannot be served: it has no {' and no '.join(missing)}; only versions "
                "that Telar's training registered can be promoted"
            )
        return self._contract(found)

    def log_and_register(self, name: str, record: RunRecord) -> ModelVersion:
        """Logs a finished training as one run of the experiment ``name`` and registers its model under ``name``."""
        with asking(self._settings, f"log a training of {name} and register its model"):
            run_id, model_id = log_run(self._client, name, record)
            self._ensure_registered_model(name)
            made = self._client.create_model_version(
                name,
                source=f"models:/{model_id}",
                run_id=run_id,
                tags=dict(record.tags),
                description=record.description,
                model_id=model_id,
                await_creation_for=0,
            )
            return _version(made)

    def _tells_absence(self, error: MlflowException, name: str) -> bool:
        """MLflow with logins forbids to look at what is not there, but for the model itself, of which it says so."""
        if error.error_code != "PERMISSION_DENIED":
            return error.error_code in _NONE_YET
        try:
            self._client.get_registered_model(name)
        except MlflowException as told:
            return told.error_code in _NONE_YET
        return False

    def _ensure_registered_model(self, name: str) -> None:
        try:
            self._client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise

    def _fetch(self, name: str, version: str, path: str, folder: Path) -> Path:
        """Downloads by the address of the files themselves: mlflow resolves ``models:/`` by a process-wide setting."""
        with asking(self._settings, f"hand out files of version {version} of {name}"):
            uri = self._client.get_model_version_download_uri(name, version) + path
            return Path(artifacts.download_artifacts(uri, dst_path=str(folder), tracking_uri=self._settings.url))

    def _files(self, version: ModelVersion) -> frozenset[str]:
        if not version.model_id:
            return frozenset()
        with asking(self._settings, f"list the files of version {version.version} of {version.name}"):
            return frozenset(each.path for each in self._client.list_logged_model_artifacts(version.model_id))

    def _contract(self, version: ModelVersion) -> Contract:
        where = f"version {version.version} of {version.name}"
        with TemporaryDirectory() as folder:
            text = self._fetch(version.name, version.version, f"/{CONTRACT_FILE}", Path(folder)).read_text()
        try:
            contract = Contract.model_validate_json(text)
        except ValidationError as error:
            raise NotServable(f"{where} cannot be served: its {CONTRACT_FILE} is not a contract: {error}") from error
        if contract.name != version.name:
            raise NotServable(f"{where} cannot be served: its contract is for {contract.name}")
        return contract


def _version(found: entities.ModelVersion) -> ModelVersion:
    model_id = str(found.source).removeprefix("models:/") if str(found.source).startswith("models:/m-") else ""
    made = datetime.fromtimestamp(found.creation_timestamp / 1000, UTC)
    return ModelVersion(found.name, str(found.version), found.run_id or "", model_id, dict(found.tags), made)
