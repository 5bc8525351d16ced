"""What the service tells of itself, and who may change what it serves."""

from typing import Any

import pytest

from services.inference.parts import Settings
from tests.services.inference.conftest import KEY, figure, running, until, until_served
from tests.services.inference.versions import Registry, Version
from tests.support.tiny import TINY

pytestmark = pytest.mark.engines("postgresql")
RECORD: dict[str, Any] = dict(TINY.example)


def test_health_tells_every_part_and_ready_follows_the_models(
    settings: Settings, registry: Registry, first: Version
) -> None:
    number = registry.register(first)
    with running(settings) as client:
        until(lambda: client.get("/health").json()["parts"]["mlflow"]["status"] == "ok")
        until(lambda: client.get("/health").json()["parts"]["database"]["status"] == "ok")
        health = client.get("/health").json()
        assert health["status"] == "degraded"
        assert health["parts"]["models"] == {"status": "none", "serving": {}, "failed": []}
        unready = client.get("/ready")
        assert unready.status_code == 503
        assert "run the DAG tiny" in unready.json()["error"]["message"]
        registry.promote("tiny", number)
        client.post("/models/tiny/reload", headers={"X-API-Key": KEY})
        assert client.get("/health").json()["status"] == "ok"
        assert client.get("/ready").json() == {"status": "ready", "models": {"tiny": number}}


def test_reload_needs_the_key(settings: Settings, registry: Registry) -> None:
    assert registry.url
    with running(settings) as client:
        for headers in ({}, {"X-API-Key": "wrong"}, {"X-API-Key": KEY + "x"}, {"X-API-Key": ""}):
            answer = client.post("/models/tiny/reload", headers=headers)
            assert answer.status_code == 401
            assert KEY not in answer.text
        assert client.post("/models/tiny/reload", headers={"X-API-Key": KEY}).status_code == 503
        assert client.post("/models/Not-ours/reload", headers={"X-API-Key": KEY}).status_code == 404


def test_reload_is_closed_when_no_key_is_set(settings: Settings) -> None:
    keyless = settings.inference.model_copy(update={"reload_key": None})
    with running(Settings(settings.warehouse, settings.mlflow, keyless, settings.use_cases)) as client:
        answer = client.post("/models/tiny/reload", headers={"X-API-Key": ""})
        assert answer.status_code == 403
        assert "TELAR_INFERENCE_RELOAD_KEY" in answer.json()["error"]["message"]


def test_metrics_count_answers_by_model_version_and_outcome(
    settings: Settings, registry: Registry, first: Version
) -> None:
    registry.promote("tiny", registry.register(first))
    with running(settings) as client:
        until_served(client)
        client.post("/predict", json=RECORD)
        client.post("/predict", json={})
        for name in ("a", "b", "c"):
            client.post(f"/models/{name}/predict", json=RECORD)
        assert figure(client, 'telar_predictions_total{model="tiny",outcome="ok",version="1"}') == 1
        assert figure(client, 'telar_predictions_total{model="tiny",outcome="invalid",version="1"}') == 1
        assert figure(client, 'telar_predictions_total{model="unknown",outcome="unknown_model",version=""}') == 3
        assert figure(client, 'telar_prediction_seconds_count{model="tiny"}') == 2
        assert figure(client, 'telar_model_info{model="tiny",version="1"}') == 1


def test_unknown_paths_and_methods_are_answered_in_the_same_shape(settings: Settings) -> None:
    with running(settings) as client:
        for answer in (client.get("/nothing"), client.get("/predict"), client.post("/health")):
            assert answer.status_code in (404, 405)
            assert answer.json()["request_id"] == answer.headers["x-request-id"]
            assert answer.json()["error"]["message"]


def test_the_document_describes_the_routes_before_there_is_a_model(settings: Settings, registry: Registry) -> None:
    assert registry.url
    with running(settings) as client:
        document = client.get("/openapi.json").json()
        assert document["paths"]["/predict"]["post"]["requestBody"]
        assert client.get("/docs").status_code == 200
