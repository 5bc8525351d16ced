"""What the inference API answers to good and to bad records."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from services.inference.main import InferenceApi
from services.inference.parts import Settings
from tests.services.inference.conftest import figure, running, until_served
from tests.services.inference.versions import Registry, Version

pytestmark = pytest.mark.engines("postgresql")
RECORD: dict[str, Any] = {"Length": 4.2, "Count": 30, "Colour": "red"}


@pytest.fixture
def api(settings: Settings, registry: Registry, first: Version) -> Iterator[TestClient]:
    """An API that serves one version of TINY."""
    registry.promote("tiny", registry.register(first))
    with running(settings) as client:
        until_served(client)
        yield client


def test_a_record_gets_the_answer_of_the_scikit_learn_pipeline(api: TestClient, first: Version) -> None:
    answer = api.post("/models/tiny/predict", json=RECORD)
    body = answer.json()
    expected = first.probabilities(RECORD)
    assert answer.status_code == 200
    assert list(body["probabilities"].values()) == pytest.approx(expected, abs=1e-5)
    assert body["prediction"] == str(expected.index(max(expected)))
    assert body["label"] == first.contract.target.label_of(body["prediction"])
    assert (body["model"], body["version"]) == ("tiny", "1")
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["processing_ms"] > 0


def test_the_default_use_case_needs_no_name(api: TestClient) -> None:
    named, default = (api.post(path, json=RECORD).json() for path in ("/models/tiny/predict", "/predict"))
    assert default["probabilities"] == named["probabilities"]


def test_a_batch_is_answered_in_its_order(api: TestClient) -> None:
    other = {**RECORD, "Colour": "blue", "Length": 9}
    body = api.post("/models/tiny/predict-batch", json={"records": [RECORD, other, RECORD]}).json()
    one, two, three = body["predictions"]
    assert one == three != two
    assert two["probabilities"] == api.post("/predict", json=other).json()["probabilities"]


def test_one_bad_record_of_a_batch_is_named_by_its_index_and_nothing_is_predicted(api: TestClient) -> None:
    answer = api.post("/predict-batch", json={"records": [RECORD, {**RECORD, "Count": -1}]})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["error"]["problems"]] == ["records.1.Count"]
    assert "predictions" not in answer.json()


BAD_RECORDS: dict[str, tuple[str, str, Any, str]] = {
    "below the limit": (json.dumps({**RECORD, "Length": -1}), "Length", -1, "between 0 and 100 m"),
    "above the limit": (json.dumps({**RECORD, "Length": 101}), "Length", 101, "between 0 and 100 m"),
    "a fraction of a whole": (json.dumps({**RECORD, "Count": 1.5}), "Count", 1.5, "must be a whole number"),
    "a text for a number": (json.dumps({**RECORD, "Length": "4.2"}), "Length", "4.2", "must be a JSON number"),
    "a truth for a number": (json.dumps({**RECORD, "Count": True}), "Count", True, "must be a JSON number"),
    "a number for a text": (json.dumps({**RECORD, "Colour": 7}), "Colour", 7, "must be a text"),
    "null": (json.dumps({**RECORD, "Colour": None}), "Colour", None, "must be a text"),
    "an unknown word": (json.dumps({**RECORD, "Colour": "pink"}), "Colour", "pink", "must be one of red, green, blue"),
    "a NUL": (json.dumps({**RECORD, "Colour": "red\0"}), "Colour", "red\0", "must not hold a NUL"),
    "half a surrogate": ('{"Length":1,"Count":1,"Colour":"\\ud800"}', "Colour", "\\ud800", "must be one of"),
    "a missing field": ('{"Length":1,"Count":1}', "Colour", None, "is required"),
    "an extra field": (json.dumps({**RECORD, "Hue": 1}), "Hue", 1, "is not a field of this model"),
    "NaN": ('{"Length":NaN,"Count":1,"Colour":"red"}', "Length", "NaN", "must be a finite number"),
    "infinity": ('{"Length":-Infinity,"Count":1,"Colour":"red"}', "Length", "-Infinity", "must be a finite number"),
    "an overflow": ('{"Length":1e999,"Count":1,"Colour":"red"}', "Length", "Infinity", "must be a finite number"),
    "a huge integer": (f'{{"Length":1,"Count":1{"0" * 400},"Colour":"red"}}', "Count", "0x", "must be a finite number"),
    "a list": ("[1, 2]", "record", "[1, 2]", "dictionary"),
    "a nested value": (json.dumps({**RECORD, "Length": {"m": 4}}), "Length", "{'m': 4}", "must be a JSON number"),
    "no JSON": ("Length=4.2", "body", "Length=4.2", "must be JSON"),
    "nothing": ("", "body", "", "must be JSON"),
    "endless nesting": ("[" * 5000, "body", "[[[", "must be JSON"),
    "more digits than Python reads": ("9" * 10_000, "body", "999", "must be JSON"),
}


@pytest.mark.parametrize("case", BAD_RECORDS)
def test_a_bad_record_is_answered_with_field_value_and_rule(api: TestClient, case: str) -> None:
    body, field, value, rule = BAD_RECORDS[case]
    answer = api.post("/predict", content=body.encode())
    assert answer.status_code == 422, answer.text
    problem = answer.json()["error"]["problems"][0]
    assert problem["field"] == field
    assert problem["value"] == value or str(problem["value"]).startswith(str(value))
    assert rule in problem["rule"]
    assert field in answer.json()["error"]["message"]


def test_bytes_that_are_no_text_are_answered(api: TestClient) -> None:
    answer = api.post("/predict", content=b'{"Length": "\xff\xfe\x00"}')
    assert answer.status_code == 422
    assert answer.json()["error"]["problems"][0]["field"] == "body"


@pytest.mark.parametrize(
    "body", [[], {}, {"records": []}, {"records": RECORD}, {"records": [RECORD], "more": 1}, [RECORD]]
)
def test_a_batch_of_another_shape_is_answered_with_the_rule(api: TestClient, body: object) -> None:
    answer = api.post("/predict-batch", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["problems"]


def test_a_body_over_the_limit_is_refused_with_the_limit(api: TestClient) -> None:
    announced = api.post("/predict", content=b" " * 20_001)
    streamed = api.post("/predict", content=iter([b" " * 15_000, b" " * 15_000]))
    for answer in (announced, streamed):
        assert answer.status_code == 413
        assert "limit of 20,000 bytes" in answer.json()["error"]["message"]


def test_a_batch_over_the_limit_is_refused_with_the_limit(api: TestClient) -> None:
    answer = api.post("/predict-batch", json={"records": [RECORD] * 51})
    assert answer.status_code == 413
    assert "limit of 50" in answer.json()["error"]["message"]


def test_a_model_that_nobody_registered_is_unknown(api: TestClient) -> None:
    answer = api.post("/models/huge/predict", json=RECORD)
    assert answer.status_code == 404
    assert "known: tiny" in answer.json()["error"]["message"]


def test_the_callers_uuid_is_the_request_id_and_anything_else_is_replaced(api: TestClient) -> None:
    given = "01890a5d-ac96-774b-bcce-b302099a8057"
    assert api.post("/predict", json=RECORD, headers={"X-Request-ID": given}).json()["request_id"] == given
    assert api.get("/health", headers={"X-Request-ID": given.replace("-", "")}).headers["x-request-id"] == given
    for odd in ("x" * 500, "'; DROP TABLE predictions", ""):
        made = api.post("/predict", json=RECORD, headers={"X-Request-ID": odd}).json()["request_id"]
        assert UUID(made).version == 7


def test_without_a_model_the_answer_names_the_dag_to_run(settings: Settings, registry: Registry) -> None:
    assert registry.url
    with running(settings) as client:
        for path in ("/predict", "/models/tiny/predict", "/models/tiny/predict-batch"):
            answer = client.post(path, json=RECORD)
            assert answer.status_code == 503
            assert "run the DAG tiny" in answer.json()["error"]["message"]


def test_what_nobody_foresaw_is_answered_500_and_counted(api: TestClient, wider: Version) -> None:
    app = api.app
    assert isinstance(app, InferenceApi)
    models = app.state.parts.models
    models.put(dataclasses.replace(models.served["tiny"], contract=wider.contract))
    answer = api.post("/predict", json=RECORD)
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "Width" not in answer.text
    assert figure(api, 'telar_predictions_total{model="tiny",outcome="error",version="1"}') == 1
