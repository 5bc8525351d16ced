"""Every request is recorded, good or bad, without its answer waiting for the warehouse."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy import text
from starlette.testclient import TestClient

from services.inference.figures import Figures
from services.inference.parts import Settings
from services.inference.recorder import Recorder
from telar.adapters.warehouse import Warehouse, open_warehouse
from telar.adapters.warehouse.predictions import PredictionRow
from telar.adapters.warehouse.tables import predictions
from telar.settings import WarehouseSettings
from tests.services.inference.conftest import figure, running, until, until_served
from tests.services.inference.versions import Registry, Version
from tests.support.databases import TestDatabase
from tests.support.ports import free_port
from tests.support.tiny import TINY

RECORD: dict[str, Any] = dict(TINY.example)
Row = dict[str, Any]


@pytest.fixture
def api(settings: Settings, registry: Registry, first: Version) -> Iterator[TestClient]:
    """An API that serves one version of TINY."""
    registry.promote("tiny", registry.register(first))
    with running(settings) as client:
        until_served(client)
        yield client


def rows(warehouse: Warehouse, count: int) -> list[Row]:
    """The recorded rows, once there are ``count`` of them, in the order of their requests."""

    def read() -> list[Row]:
        with warehouse.begin() as connection:
            found = connection.execute(
                predictions.select().order_by(predictions.c.received_at, predictions.c.row_number)
            )
            return [dict(row) for row in found.mappings()]

    until(lambda: len(read()) >= count)
    return read()


def test_an_answer_is_recorded_with_input_probabilities_version_and_time(api: TestClient, warehouse: Warehouse) -> None:
    answer = api.post("/predict", json=RECORD).json()
    (row,) = rows(warehouse, 1)
    assert (row["request_id"], row["row_number"], row["use_case"]) == (answer["request_id"], 0, "tiny")
    assert (row["model_version"], row["status"], row["error"]) == (answer["version"], 200, None)
    assert row["input"] == RECORD
    assert (row["prediction"], row["probabilities"]) == (answer["prediction"], answer["probabilities"])
    assert row["latency_ms"] == pytest.approx(answer["processing_ms"])
    assert row["received_at"].tzinfo is not None


def test_each_record_of_a_batch_has_a_row(api: TestClient, warehouse: Warehouse) -> None:
    answer = api.post("/predict-batch", json={"records": [RECORD, {**RECORD, "Colour": "blue"}]}).json()
    found = rows(warehouse, 2)
    assert [row["row_number"] for row in found] == [0, 1]
    assert {row["request_id"] for row in found} == {answer["request_id"]}
    assert [row["input"]["Colour"] for row in found] == ["red", "blue"]


def test_refused_requests_are_recorded_too_with_their_truncated_body(api: TestClient, warehouse: Warehouse) -> None:
    long = b'{"Colour": "red\\u0000' + b"x" * 5_000 + b'\x00\xff"}'
    sent = [
        (b'{"Length": NaN}', 422, "record_invalid"),
        (long, 422, "record_invalid"),
        (b" " * 20_001, 413, "body_too_large"),
    ]
    for body, status, _ in sent:
        assert api.post("/predict", content=body).status_code == status
    assert api.post("/models/none/predict", json=RECORD).status_code == 404
    nan, cut, large, unknown = rows(warehouse, 4)
    assert nan["input"] == {"body": '{"Length": NaN}', "truncated": False}
    assert cut["input"]["truncated"] is True
    assert len(cut["input"]["body"]) == 2_000
    for row, (_, status, code) in zip((nan, cut, large), sent, strict=True):
        assert (row["status"], row["use_case"]) == (status, "tiny")
        assert row["error"].startswith(code)
    assert (unknown["status"], unknown["use_case"]) == (404, None)


def test_a_request_without_a_model_is_recorded(settings: Settings, registry: Registry, warehouse: Warehouse) -> None:
    assert registry.url
    with running(settings) as client:
        assert client.post("/predict", json=RECORD).status_code == 503
        (row,) = rows(warehouse, 1)
    assert (row["status"], row["use_case"], row["model_version"]) == (503, "tiny", None)
    assert "run the DAG tiny" in row["error"]


def test_a_request_sent_twice_under_one_id_is_recorded_once(api: TestClient, warehouse: Warehouse) -> None:
    given = {"X-Request-ID": "01890a5d-ac96-774b-bcce-b302099a8057"}
    for _ in range(2):
        assert api.post("/predict", json=RECORD, headers=given).status_code == 200
    api.post("/predict", json=RECORD)
    assert len(rows(warehouse, 2)) == 2


def test_what_waits_is_written_at_the_end(
    settings: Settings, registry: Registry, first: Version, warehouse: Warehouse
) -> None:
    registry.promote("tiny", registry.register(first))
    with running(settings) as client:
        until_served(client)
        for _ in range(300):
            assert client.post("/predict", json=RECORD).status_code == 200
    assert len(rows(warehouse, 300)) == 300


def test_rows_wait_while_the_warehouse_cannot_take_them(api: TestClient, database: TestDatabase) -> None:
    with open_warehouse(database.owner_url) as owner:
        table = f"{owner.names.schema('ops')}.predictions"
        aside = "aside" if owner.dialect == "postgresql" else f"{owner.names.schema('ops')}.aside"
        back = "predictions" if owner.dialect == "postgresql" else table
        with owner.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table} RENAME TO {aside}"))
        try:
            answers = [api.post("/predict", json=RECORD) for _ in range(5)]
            until(lambda: api.get("/health").json()["parts"]["database"]["status"] == "away")
        finally:
            with owner.begin() as connection:
                away = f"{owner.names.schema('ops')}.aside"
                connection.execute(text(f"ALTER TABLE {away} RENAME TO {back}"))
        assert [answer.status_code for answer in answers] == [200] * 5
        assert len(rows(owner, 5)) == 5
    until(lambda: api.get("/health").json()["parts"]["database"]["status"] == "ok")


def test_predictions_go_on_without_a_warehouse(settings: Settings, registry: Registry, first: Version) -> None:
    registry.promote("tiny", registry.register(first))
    away = WarehouseSettings(url=SecretStr(f"postgresql+psycopg2://a:b@127.0.0.1:{free_port()}/batches_db"))
    with running(Settings(away, settings.mlflow, settings.inference, settings.use_cases)) as client:
        until_served(client)
        assert client.post("/predict", json=RECORD).status_code == 200
        until(lambda: client.get("/health").json()["parts"]["database"]["status"] == "away")
        assert figure(client, "telar_predictions_waiting") == 1


def a_row(number: int, prediction: str = "0") -> PredictionRow:
    """A row of a request of its own."""
    return PredictionRow(
        f"01890a5d-ac96-774b-bcce-{number:012d}", 0, "tiny", "1", datetime.now(UTC), {}, prediction, {}, 200, None, 1.0
    )


@pytest.fixture
def inference_warehouse(database: TestDatabase) -> Iterator[Warehouse]:
    """The warehouse, opened by the role that may only add predictions."""
    with open_warehouse(database.inference_url) as opened:
        yield opened


def test_rows_beyond_the_buffer_are_dropped_and_counted(inference_warehouse: Warehouse, warehouse: Warehouse) -> None:
    metrics = CollectorRegistry()
    recorder = Recorder(inference_warehouse, Figures(metrics), buffer_rows=3)
    for number in range(5):
        recorder.record([a_row(number)])
    assert metrics.get_sample_value("telar_predictions_dropped_total", {"reason": "buffer_full"}) == 2
    recorder.start()
    recorder.close(10)
    assert len(rows(warehouse, 3)) == 3


def test_a_row_that_the_database_refuses_does_not_keep_the_others_out(
    inference_warehouse: Warehouse, warehouse: Warehouse
) -> None:
    metrics = CollectorRegistry()
    recorder = Recorder(inference_warehouse, Figures(metrics))
    too_long = PredictionRow(**{**vars(a_row(2)), "model_version": "9" * 500})
    recorder.record([a_row(1), too_long, a_row(3)])
    recorder.start()
    recorder.close(10)
    assert [row["request_id"][-1] for row in rows(warehouse, 2)] == ["1", "3"]
    assert metrics.get_sample_value("telar_predictions_dropped_total", {"reason": "refused"}) == 1


def test_rows_wait_when_the_role_may_not_write(warehouse: Warehouse) -> None:
    """The pipeline's role may read predictions, not add any: a mistaken URL loses no row."""
    metrics = CollectorRegistry()
    recorder = Recorder(warehouse, Figures(metrics))
    recorder.record([a_row(1)])
    recorder.start()
    until(lambda: recorder.state.available is False)
    assert metrics.get_sample_value("telar_predictions_waiting") == 1
    recorder.close(10)
    assert metrics.get_sample_value("telar_predictions_dropped_total", {"reason": "shutdown"}) == 1
