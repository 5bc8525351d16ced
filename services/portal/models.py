"""The inference API as the portal uses it: which models it offers, what a loaded version asks for, and its answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from pydantic import JsonValue, SecretStr, ValidationError

from services.portal.asking import ask, parsed
from telar.domain.contract import Contract
from telar.domain.errors import ConfigurationError, FieldProblem, ServiceRefused, ServiceUnavailable
from telar.domain.lifecycle import Provenance

KEY_HEADER = "X-API-Key"
PROVENANCE_TAG, ORIGIN_TAG = "telar.provenance", "telar.origin"


@dataclass(frozen=True)
class LoadFailure:
    """A version that the inference API could not load; the one before it goes on serving."""

    version: str
    reason: str
    at: datetime | None


@dataclass(frozen=True)
class LoadedModel:
    """The version that answers now, as the inference API tells it; ``tags`` are those of the registered version."""

    name: str
    version: str
    contract: Contract
    metrics: Mapping[str, float]
    loaded_at: datetime | None
    failure: LoadFailure | None
    tags: Mapping[str, str]

    @property
    def provenance(self) -> Provenance | None:
        """Where the rows came from that it was trained on; None where its tags do not say."""
        told = self.tags.get(PROVENANCE_TAG)
        return Provenance(told) if told in set(Provenance) else None

    @property
    def origin(self) -> str | None:
        """The same as a sentence for people."""
        return self.tags.get(ORIGIN_TAG)


@dataclass(frozen=True)
class Prediction:
    """One answer; ``label`` is the class in words, or the number with its unit.

    ``probabilities`` go by the class's label, the highest first; empty for a regression.
    """

    label: str
    probabilities: Mapping[str, float]
    model: str
    version: str
    request_id: str
    milliseconds: float


@dataclass(frozen=True)
class Reloaded:
    """What a reload came to: the version that is served now (None: none), and the one before."""

    name: str
    outcome: str
    version: str | None
    previous_version: str | None


class Models:
    """The inference API at ``url``; ``key`` guards the reload."""

    def __init__(self, url: str, timeout_seconds: float, key: SecretStr | None) -> None:
        self.url = url
        self._timeout = timeout_seconds
        self._key = key

    def names(self) -> list[str]:
        """Every model that it knows, loaded or not."""
        return [str(each["name"]) for each in self._asked("GET", "/models")]

    def loaded(self, name: str) -> LoadedModel:
        """The version of ``name`` that is loaded.

        Raises:
            ServiceRefused: unknown, or nothing is loaded yet (its message names the DAG to run).
        """
        return _loaded(self._asked("GET", f"/models/{name}"))

    def predict(self, model: LoadedModel, record: Mapping[str, JsonValue]) -> Prediction:
        """The prediction for one record.

        Raises:
            ServiceRefused: the record breaks the contract; ``problems`` names the fields.
        """
        return _prediction(self._asked("POST", f"/models/{model.name}/predict", dict(record)), model.contract)

    def reload(self, name: str) -> Reloaded:
        """Asks it to load what the alias `production` names now.

        Raises:
            ConfigurationError: the portal has no key.
            ServiceRefused: the key is wrong, or the version cannot be served (the old one goes on).
        """
        if self._key is None:
            raise ConfigurationError(
                "TELAR_INFERENCE_RELOAD_KEY is not set for the portal, so it may not reload; set it to the API's key"
            )
        headers = {KEY_HEADER: self._key.get_secret_value()}
        told = self._asked("POST", f"/models/{name}/reload", headers=headers)
        return Reloaded(told["name"], told["outcome"], told["version"], told["previous_version"])

    def _asked(
        self, method: str, path: str, body: object | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:  # noqa: ANN401
        response = ask(self.url + path, self._timeout, method, body, headers)
        found = parsed(response)
        if response.status_code >= requests.codes.bad_request:
            raise _refusal(response.status_code, found)
        return found


def _refusal(status: int, body: Any) -> ServiceRefused:  # noqa: ANN401
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return ServiceRefused(f"the inference API answered {status}", status)
    problems = [FieldProblem(each["field"], each.get("value"), each["rule"]) for each in error.get("problems", ())]
    return ServiceRefused(error["message"], status, error["code"], problems, body.get("request_id"))


def _loaded(body: dict[str, Any]) -> LoadedModel:
    try:
        contract = Contract.model_validate(body["contract"])
    except (KeyError, ValidationError) as error:
        raise ServiceUnavailable(f"the inference API told a contract that this portal cannot read: {error}") from error
    return LoadedModel(
        name=body["name"],
        version=str(body["version"]),
        contract=contract,
        metrics=body["metrics"],
        loaded_at=_time(body["loaded_at"]),
        failure=_failure(body.get("failure")),
        tags=body["tags"],
    )


def _failure(told: dict[str, Any] | None) -> LoadFailure | None:
    return LoadFailure(str(told["version"]), told["reason"], _time(told["at"])) if told else None


def _prediction(body: dict[str, Any], contract: Contract) -> Prediction:
    shares: dict[str, float] = body["probabilities"] or {}
    ranked = sorted(shares.items(), key=lambda pair: -pair[1])
    return Prediction(
        label=body["label"],
        probabilities={contract.target.label_of(value): share for value, share in ranked},
        model=body["model"],
        version=str(body["version"]),
        request_id=body["request_id"],
        milliseconds=body["processing_ms"],
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
