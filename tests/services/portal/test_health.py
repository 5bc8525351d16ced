"""Health is honest: what answers wrongly, too late or not at all is not up, and the reason says which."""

import threading
from base64 import b64decode
from functools import partial
from pathlib import Path

import pytest
import requests
from pydantic import SecretStr
from sqlalchemy import create_engine, make_url, text

from services.portal import probes
from services.portal.health import Health, State, check_all
from telar.adapters.warehouse import open_warehouse
from telar.domain.errors import ServiceUnavailable
from telar.settings import MlflowSettings
from tests.support.answering import Said, answering
from tests.support.mlflow_server import running_mlflow
from tests.support.ports import free_port
from tests.support.servers import running_postgres

AIRFLOW = {
    "metadatabase": {"status": "healthy"},
    "scheduler": {"status": "healthy", "latest_scheduler_heartbeat": "2026-11-21T08:00:00Z"},
    "triggerer": {"status": None, "latest_triggerer_heartbeat": None},
    "dag_processor": {"status": "healthy"},
}
MONITOR = "/api/v2/monitor/health"
REGISTRY = "/api/2.0/mlflow/registered-models/search?max_results=1"
OBJECTS = "/api/2.0/mlflow-artifacts/artifacts?path=telar-health"


def _checked(probe: object, seconds: float = 2.0) -> Health:
    return check_all({"it": probe}, seconds)[0]  # type: ignore[dict-item]


def test_airflow_is_up_when_its_parts_are_healthy_and_one_without_a_status_is_not_run() -> None:
    with answering({MONITOR: Said(AIRFLOW)}) as server:
        health = _checked(partial(probes.airflow, server.url, 1.0))
    assert health.state is State.UP
    assert health.reason == "metadatabase, scheduler and dag processor healthy"
    assert health.milliseconds is not None


def test_airflow_with_a_dead_scheduler_is_degraded_although_it_answers_200() -> None:
    ill = AIRFLOW | {"scheduler": {"status": "unhealthy"}}
    with answering({MONITOR: Said(ill)}) as server:
        health = _checked(partial(probes.airflow, server.url, 1.0))
    assert (health.state, health.reason) == (State.DEGRADED, "scheduler not healthy")


def test_another_program_on_airflows_port_is_not_taken_for_airflow() -> None:
    with answering({MONITOR: Said({"status": "ok"})}) as server:
        health = _checked(partial(probes.airflow, server.url, 1.0))
    assert health.state is State.DOWN
    assert "is not Airflow" in health.reason


def test_a_page_instead_of_json_is_not_health() -> None:
    with answering({MONITOR: Said("<html>hello</html>")}) as server:
        health = _checked(partial(probes.airflow, server.url, 1.0))
    assert health.state is State.DOWN
    assert "not JSON" in health.reason


def test_mlflow_is_up_until_its_database_goes_away_although_it_still_says_ok(tmp_path: Path) -> None:
    with running_postgres(tmp_path) as server, running_mlflow(server.get_secret_value(), tmp_path) as url:
        probe = partial(probes.mlflow, MlflowSettings(url=url), 8.0)
        before = _checked(probe, 10.0)
        _cut_off(server)
        after = _checked(probe, 10.0)
        assert requests.get(f"{url}/health", timeout=5).text == "OK"
    assert (before.state, before.reason) == (State.UP, "registry and object store answer")
    assert after.state is State.DOWN
    assert "it answers 5" in after.reason


def _cut_off(server: SecretStr) -> None:
    """Lets nobody into the database any more, and ends who is in."""
    engine = create_engine(make_url(server.get_secret_value()).set(database="template1"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ALTER DATABASE postgres ALLOW_CONNECTIONS false"))
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'postgres'"))
    engine.dispose()


@pytest.mark.parametrize("away", [Said("Internal Server Error", 500), Said("", hold=threading.Event())])
def test_mlflow_without_its_object_store_is_degraded(away: Said) -> None:
    with answering({REGISTRY: Said({}), OBJECTS: away}) as server:
        health = _checked(partial(probes.mlflow, MlflowSettings(url=server.url), 0.5))
    assert health.state is State.DEGRADED
    assert "object store does not" in health.reason


def test_mlflow_is_asked_by_the_portals_login() -> None:
    settings = {"username": "telar-reader", "password": SecretStr("pass:word")}
    with answering({REGISTRY: Said({}), OBJECTS: Said({})}) as server:
        assert _checked(partial(probes.mlflow, MlflowSettings(url=server.url, **settings), 1.0)).state is State.UP
    told = [b64decode(headers["Authorization"].removeprefix("Basic ")) for _, _, _, headers in server.asked]
    assert told == [b"telar-reader:pass:word"] * 2


def test_mlflow_that_refuses_the_login_is_degraded_and_names_the_variables() -> None:
    with answering({REGISTRY: Said("You are not authenticated", 401)}) as server:
        health = _checked(partial(probes.mlflow, MlflowSettings(url=server.url), 1.0))
    assert health.state is State.DEGRADED
    assert "TELAR_MLFLOW_USERNAME" in health.reason


def test_another_program_is_taken_neither_for_mlflow_nor_for_minio_nor_for_adminer_nor_for_jupyter() -> None:
    with answering({"/": Said("hello"), REGISTRY: Said("hello"), "/api": Said({})}) as server:
        found = [
            _checked(partial(probes.mlflow, MlflowSettings(url=server.url), 1.0)),
            _checked(partial(probes.minio, server.url, 1.0)),
            _checked(partial(probes.adminer, server.url, 1.0)),
            _checked(partial(probes.notebook, server.url, 1.0)),
        ]
    assert [each.state for each in found] == [State.DOWN] * 4


def test_inference_without_a_model_is_degraded_and_says_what_to_do() -> None:
    well = {"status": "ok"}
    models: dict[str, object] = {"status": "none", "serving": {}, "failed": []}
    with answering({"/health": Said({"parts": {"database": well, "mlflow": well, "models": models}})}) as server:
        health = _checked(partial(probes.inference, server.url, 1.0))
        assert health.state is State.DEGRADED
        assert "run a DAG" in health.reason
        models["serving"] = {"tiny": "3"}
        health = _checked(partial(probes.inference, server.url, 1.0))
    assert (health.state, health.reason) == (State.UP, "serves tiny version 3")


def test_rows_that_wait_for_the_first_who_asks_are_no_fault_and_rows_that_could_not_be_had_are() -> None:
    states = {"tiny": "ready", "large": "idle"}
    with answering({"/health": Said({"status": "OK", "use_cases": states, "broken": {}})}) as server:
        assert _checked(partial(probes.data_api, server.url, 1.0)).state is State.UP
        states["large"] = "failed: no file"
        health = _checked(partial(probes.data_api, server.url, 1.0))
    assert (health.state, health.reason) == (State.DEGRADED, "large: failed: no file")


def test_a_port_that_nobody_listens_on_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    health = _checked(partial(probes.data_api, url, 1.0))
    assert health == Health("it", State.DOWN, f"nothing answers at {url}/health", None)


def test_a_warehouse_that_does_not_answer_is_down() -> None:
    port = free_port()
    with open_warehouse(f"postgresql+psycopg2://telar_reader:x@127.0.0.1:{port}/batches_db") as store:
        health = _checked(partial(probes.warehouse, store))
    assert health.state is State.DOWN
    assert f"127.0.0.1:{port}" in health.reason


def test_slow_services_are_asked_side_by_side_and_none_longer_than_the_deadline() -> None:
    meeting, hold = threading.Barrier(5), threading.Event()

    def slow() -> tuple[State, str]:
        meeting.wait(30)
        hold.wait(30)
        return State.UP, "at last"

    def quick() -> tuple[State, str]:
        meeting.wait(30)
        return State.UP, "met the slow ones"

    found = check_all(dict.fromkeys("abcd", slow) | {"quick": quick}, 2.0)
    hold.set()
    assert [health.reason for health in found] == ["no answer within 2 s"] * 4 + ["met the slow ones"]
    assert [health.state for health in found] == [State.DOWN] * 4 + [State.UP]


def test_a_time_out_of_the_request_itself_is_told_with_its_address() -> None:
    hold = threading.Event()
    with (
        answering({"/health": Said({}, hold=hold)}) as server,
        pytest.raises(ServiceUnavailable, match=r"within 0\.2 s"),
    ):
        probes.data_api(server.url, 0.2)


def test_an_unforeseen_answer_does_not_take_the_page_down() -> None:
    def broken() -> tuple[State, str]:
        raise KeyError("status")

    health = _checked(broken)
    assert (health.state, health.reason) == (State.DOWN, "its answer cannot be read (KeyError: 'status')")
