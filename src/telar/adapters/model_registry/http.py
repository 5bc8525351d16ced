"""MLflow's registry over plain HTTP, for a service that reads models and carries no mlflow package."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from telar.domain.errors import NotServable, RegistryError, RegistryUnavailable
from telar.settings import MlflowSettings

_API = "/api/2.0/mlflow"
_ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"
_SCHEME = "mlflow-artifacts:/"
_CONNECT_SECONDS = 3.05
_PAGE = 100
_CHUNK_BYTES = 1 << 20
_AWAY = {502, 503, 504}
_ABSENT = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}
_NO_SUCH_FILE = "(NoSuchKey)"  # what S3 says of a missing file; MLflow passes it on with a 500


@dataclass(frozen=True)
class RegisteredVersion:
    """A model version as MLflow knows it; ``source`` tells a recreated model's version 1 from the first one's."""

    name: str
    version: str
    source: str
    run_id: str
    tags: dict[str, str] = field(default_factory=dict, compare=False)


class RegistryHttp:
    """What serving asks of MLflow; one instance for one thread at a time.

    Every method raises RegistryUnavailable when MLflow does not answer, RegistryError when it refuses.
    """

    def __init__(self, settings: MlflowSettings) -> None:
        self._url = settings.url.rstrip("/")
        self._timeout = (_CONNECT_SECONDS, settings.timeout_seconds)
        self._session = requests.Session()
        if settings.username and settings.password:
            self._session.auth = (settings.username, settings.password.get_secret_value())

    def registered(self) -> list[str]:
        """The names of all registered models."""
        names: list[str] = []
        token = ""
        while True:
            page = self._json("/registered-models/search", {"max_results": str(_PAGE), "page_token": token})
            names += [each["name"] for each in page.get("registered_models", ())]
            token = page.get("next_page_token", "")
            if not token:
                return names

    def alias_version(self, name: str, alias: str) -> RegisteredVersion | None:
        """The version that holds the alias; None when there is no such model or no such alias."""
        try:
            response = self._get(f"{_API}/registered-models/alias", {"name": name, "alias": alias}, may_be_absent=True)
        except _Forbidden:
            if self._is_registered(name):
                raise
            return None
        if response is None:
            return None
        found = self._parsed(response)["model_version"]
        tags = {each["key"]: each["value"] for each in found.get("tags", ())}
        return RegisteredVersion(name, str(found["version"]), found.get("source", ""), found.get("run_id", ""), tags)

    def metrics(self, run_id: str) -> dict[str, float]:
        """The last value of each metric of a run; empty when the run is gone."""
        try:
            response = self._get(f"{_API}/runs/get", {"run_id": run_id}, may_be_absent=True) if run_id else None
        except _Forbidden:  # MLflow with logins says so of a run that is gone
            return {}
        data = self._parsed(response)["run"].get("data", {}) if response is not None else {}
        return {each["key"]: float(each["value"]) for each in data.get("metrics", ())}

    def download(self, version: RegisteredVersion, files: Iterable[str], folder: Path) -> None:
        """The named files of a version, into an existing folder.

        Raises:
            NotServable: the version lacks one of the files, or its artifacts are not behind MLflow's own door.
        """
        which = f"version {version.version} of {version.name}"
        answer = self._json("/model-versions/get-download-uri", {"name": version.name, "version": version.version})
        uri: str = answer.get("artifact_uri", "")
        if not uri.startswith(_SCHEME):
            raise NotServable(
                f"{which} lies at {uri}: it must begin with {_SCHEME}; start MLflow with --serve-artifacts and "
                "register the model anew"
            )
        for name in files:
            response = self._get(f"{_ARTIFACTS}/{uri.removeprefix(_SCHEME)}/{name}", may_be_absent=True, stream=True)
            if response is None:
                raise NotServable(f"{which} has no {name}; register it by Telar's pipeline")
            self._save(response, folder / name)

    def _is_registered(self, name: str) -> bool:
        """MLflow with logins forbids to look at what is not there, but for the model itself, of which it says so."""
        return self._get(f"{_API}/registered-models/get", {"name": name}, may_be_absent=True) is not None

    def _save(self, response: requests.Response, path: Path) -> None:
        try:
            with response, path.open("wb") as file:
                for chunk in response.iter_content(_CHUNK_BYTES):
                    file.write(chunk)
        except requests.RequestException as error:
            raise RegistryUnavailable(f"the download of {path.name} from {self._url} broke off: {error}") from error

    def _json(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        response = self._get(f"{_API}{path}", query)
        assert response is not None
        return self._parsed(response)

    def _parsed(self, response: requests.Response) -> dict[str, Any]:
        try:
            found = response.json()
        except requests.JSONDecodeError as error:
            raise RegistryError(f"{response.url} answered no JSON; is {self._url} MLflow?") from error
        if not isinstance(found, dict):
            raise RegistryError(f"{response.url} answered no JSON object; is {self._url} MLflow?")
        return found

    def _get(
        self,
        path: str,
        query: dict[str, str] | None = None,
        may_be_absent: bool = False,
        stream: bool = False,
    ) -> requests.Response | None:
        try:
            response = self._session.get(f"{self._url}{path}", params=query, timeout=self._timeout, stream=stream)
        except requests.RequestException as error:
            raise RegistryUnavailable(
                f"MLflow does not answer at {self._url} ({type(error).__name__}); start it or set TELAR_MLFLOW_URL"
            ) from error
        if response.ok:
            return response
        if response.status_code in _AWAY:
            raise RegistryUnavailable(f"MLflow at {self._url} answers {response.status_code}; it is away for now")
        if may_be_absent and (_error_code(response) in _ABSENT or _NO_SUCH_FILE in response.text):
            return None
        kind = _Forbidden if response.status_code == requests.codes.forbidden else RegistryError
        raise kind(f"MLflow answered {response.status_code} to {path}: {response.text[:200]}")


class _Forbidden(RegistryError):
    """The login may not see it, or it does not exist."""


def _error_code(response: requests.Response) -> str:
    """MLflow's own word for an error; a 404 of something else that listens there says nothing about a model."""
    try:
        found = response.json()
    except requests.RequestException:
        return ""
    return str(found.get("error_code", "")) if isinstance(found, dict) else ""
