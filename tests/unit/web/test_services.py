"""What every FastAPI service has: errors in one shape, request ids, a limit on bodies, keys, metrics."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from fastapi import FastAPI, Request
from pydantic import SecretStr
from starlette.testclient import TestClient

from telar.domain.errors import WarehouseUnavailable
from telar.web.answers import json_answer
from telar.web.body_limit import limited
from telar.web.errors import BodyTooLarge, KeyNotSet, KeyRefused
from telar.web.handlers import install_error_handlers
from telar.web.keys import check_key
from telar.web.metrics import add_metrics_route, new_registry
from telar.web.request_ids import RequestIds


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A service with a route for each way to fail."""
    app = FastAPI()
    app.add_middleware(RequestIds)
    install_error_handlers(app)
    add_metrics_route(app, new_registry())

    @app.get("/away")
    def away() -> None:
        raise WarehouseUnavailable("the warehouse at 127.0.0.1:1 does not answer")

    @app.get("/bug")
    def bug() -> float:
        return 1 / 0

    @app.get("/typed")
    def typed(number: int) -> int:
        return number

    @app.post("/size")
    async def size(request: Request) -> object:
        receive, body, more = limited(request.receive, request.scope, 10), b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message.get("more_body", False)
        return json_answer(len(body))

    with TestClient(app, raise_server_exceptions=False) as started:
        yield started


def test_an_error_of_telar_is_answered_by_the_table(client: TestClient) -> None:
    answer = client.get("/away")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "warehouse_unavailable"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_an_unforeseen_error_tells_its_id_and_nothing_of_the_inside(client: TestClient) -> None:
    answer = client.get("/bug")
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert UUID(answer.json()["request_id"]).version == 7
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


def test_a_broken_parameter_is_answered_with_field_value_and_rule(client: TestClient) -> None:
    answer = client.get("/typed", params={"number": "many"})
    assert answer.status_code == 422
    problem = answer.json()["error"]["problems"][0]
    assert (problem["field"], problem["value"]) == ("query.number", "many")


def test_a_body_is_read_up_to_the_limit(client: TestClient) -> None:
    assert client.post("/size", content=b"x" * 10).json() == 10
    for content in (b"x" * 11, iter([b"x" * 6, b"x" * 6])):
        answer = client.post("/size", content=content)
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "body_too_large"
        assert BodyTooLarge.__name__ not in answer.text


def test_metrics_tell_of_the_process(client: TestClient) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "process_resident_memory_bytes" in answer.text


def test_only_the_right_key_opens() -> None:
    check_key("right", SecretStr("right"), "THE_KEY")
    for wrong in (None, "", "wrong", "Right", "rightt", "clé"):
        with pytest.raises(KeyRefused, match="THE_KEY"):
            check_key(wrong, SecretStr("right"), "THE_KEY")
    for unset in (None, SecretStr("")):
        with pytest.raises(KeyNotSet, match="THE_KEY is not set"):
            check_key("", unset, "THE_KEY")
