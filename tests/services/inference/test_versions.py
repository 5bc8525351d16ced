"""What is served follows the alias: promotion, definition, rollback, withdrawal, and versions that cannot be served."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from services.inference.parts import Settings
from telar.domain.contract import Contract
from tests.services.inference.conftest import figure, reload, running, until, until_served
from tests.services.inference.versions import Registry, Version, make_version
from tests.support.tiny import TINY

pytestmark = pytest.mark.engines("postgresql")
RECORD: dict[str, Any] = dict(TINY.example)


def watching(settings: Settings) -> Settings:
    """The same settings, with a watcher that hardly waits."""
    return Settings(
        settings.warehouse,
        settings.mlflow,
        settings.inference.model_copy(update={"watch_seconds": 0.05}),
        settings.use_cases,
    )


def schema(client: TestClient) -> dict[str, Any]:
    """The schema of TINY's record in the OpenAPI document."""
    found: dict[str, Any] = client.get("/openapi.json").json()["components"]["schemas"]["tiny_record"]
    return found


def test_a_moved_alias_is_served_without_being_asked(
    settings: Settings, registry: Registry, first: Version, second: Version
) -> None:
    one, two = registry.register(first), registry.register(second)
    registry.promote("tiny", one)
    with running(watching(settings)) as client:
        until_served(client, one)
        registry.promote("tiny", two)
        until_served(client, two)
        answer = client.post("/predict", json=RECORD).json()
        assert answer["version"] == two
        assert list(answer["probabilities"].values()) == pytest.approx(second.probabilities(RECORD), abs=1e-5)


def test_a_model_registered_while_the_service_runs_gets_its_routes(settings: Settings, registry: Registry) -> None:
    with running(watching(settings)) as client:
        assert client.get("/models/other").status_code == 404
        registry.promote("other", registry.register(make_version(4, name="other")))
        until(lambda: client.post("/models/other/predict", json=RECORD).status_code == 200)
        assert "/models/other/predict" in client.get("/openapi.json").json()["paths"]


def test_the_contract_of_the_loaded_version_is_asked_for_and_after_a_rollback_the_old_one(
    settings: Settings, registry: Registry, first: Version, wider: Version
) -> None:
    one, two = registry.register(first), registry.register(wider)
    registry.promote("tiny", one)
    with running(settings) as client:
        until_served(client, one)
        assert "Width" not in schema(client)["properties"]
        registry.promote("tiny", two)
        assert reload(client).json() == {
            "name": "tiny",
            "outcome": "loaded",
            "version": two,
            "previous_version": one,
        }
        assert schema(client)["required"][-1] == "Width"
        assert client.post("/predict", json=RECORD).json()["error"]["problems"][0]["field"] == "Width"
        assert client.post("/predict", json={**RECORD, "Width": 3}).json()["version"] == two
        registry.promote("tiny", one)
        assert reload(client).json()["version"] == one
        assert "Width" not in schema(client)["properties"]
        assert client.post("/predict", json=RECORD).status_code == 200


def test_the_model_page_tells_contract_metrics_and_origin(
    settings: Settings, registry: Registry, first: Version
) -> None:
    registry.promote("tiny", registry.register(first))
    with running(settings) as client:
        until_served(client)
        told = client.get("/models/tiny").json()
    assert Contract.model_validate(told["contract"]) == first.contract
    assert told["metrics"] == {"test_accuracy": 0.75}
    assert told["tags"] == {"telar.provenance": "sample"}
    assert told["parity"]["rows"] == 300


def _broken(registry: Registry, good: Version, case: str) -> str:
    """A version that the pipeline would not have registered."""
    other = good.contract.model_copy(update={"name": "other"}).model_dump_json().encode()
    strange = good.contract.model_copy(update={"trained_classes": ("0", "1")}).model_dump_json().encode()
    match case:
        case "a corrupt model":
            return registry.register(good, model=b"\x00junk")
        case "half a model":
            return registry.register(good, model=good.files["model.onnx"][: len(good.files["model.onnx"]) // 2])
        case "another model's graph":
            return registry.register(good, model=make_version(5, width=True).files["model.onnx"])
        case "a contract that is not one":
            return registry.register(good, contract=b"{}")
        case "another model's contract":
            return registry.register(good, contract=other)
        case "a contract of other classes":
            return registry.register(good, contract=strange)
        case _:
            return registry.register(good, without=(case.removeprefix("no "),))


CASES = {
    "a corrupt model": "ONNX Runtime cannot load",
    "half a model": "ONNX Runtime cannot load",
    "another model's graph": "does not fit its contract",
    "a contract that is not one": "contract.json cannot be read",
    "another model's contract": "its contract is that of other",
    "a contract of other classes": "fails on its contract's example",
    "no contract.json": "has no contract.json",
    "no parity.json": "has no parity.json",
    "no model.onnx": "has no model.onnx",
}


@pytest.mark.parametrize("case", CASES)
def test_the_old_version_goes_on_serving_when_the_new_one_cannot_be_loaded(
    settings: Settings, registry: Registry, first: Version, case: str
) -> None:
    one, bad = registry.register(first), _broken(registry, first, case)
    registry.promote("tiny", one)
    with running(settings) as client:
        until_served(client, one)
        registry.promote("tiny", bad)
        answer = reload(client)
        assert answer.status_code == 502
        assert CASES[case] in answer.json()["error"]["message"]
        assert client.post("/predict", json=RECORD).json()["version"] == one
        failure = client.get("/models").json()[0]["failure"]
        assert (failure["version"], failure["attempts"]) == (bad, 1)
        assert CASES[case] in failure["reason"]
        assert figure(client, 'telar_model_load_failures_total{model="tiny"}') == 1
        assert client.get("/health").json()["parts"]["models"]["status"] == "failing"
        assert client.get("/ready").status_code == 200


def test_a_failing_version_is_not_hammered_but_a_repaired_one_is_loaded(
    settings: Settings, registry: Registry, second: Version
) -> None:
    bad = registry.register(second, model=b"junk")
    registry.promote("tiny", bad)
    with running(watching(settings)) as client:
        until(lambda: figure(client, 'telar_model_load_failures_total{model="tiny"}') == 1)
        answer = client.post("/predict", json=RECORD)
        assert answer.status_code == 503
        assert f"version {bad} of tiny could not be loaded" in answer.json()["error"]["message"]
        checked = client.get("/health").json()["parts"]["mlflow"]["checked_at"]
        until(lambda: client.get("/health").json()["parts"]["mlflow"]["checked_at"] > checked)
        assert figure(client, 'telar_model_load_failures_total{model="tiny"}') == 1
        registry.repair(second, bad)
        assert reload(client).json()["outcome"] == "loaded"
        assert client.get("/models").json()[0]["failure"] is None


def test_without_the_alias_nothing_is_served_after_a_restart_neither(
    settings: Settings, registry: Registry, first: Version
) -> None:
    registry.promote("tiny", registry.register(first))
    with running(settings) as client:
        until_served(client)
        registry.withdraw("tiny")
        assert reload(client).json()["outcome"] == "stopped"
        assert client.post("/predict", json=RECORD).status_code == 503
        assert reload(client).status_code == 503
        assert client.get("/ready").status_code == 503
    with running(settings) as client:
        until(lambda: client.get("/health").json()["parts"]["mlflow"]["status"] == "ok")
        assert client.post("/predict", json=RECORD).status_code == 503
