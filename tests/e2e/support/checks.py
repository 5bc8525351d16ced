"""What must hold in both bring-ups, whatever the warehouse and the executor."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # it has no stubs

from telar.embedded.airflow_api import AirflowApi, AirflowFailed
from telar.use_cases import discover
from tests.e2e.support import warehouse
from tests.e2e.support.asking import ask, ask_mlflow, await_served, example, predict, production
from tests.e2e.support.clients import object_store, stored_objects
from tests.e2e.support.machine import BIND, PUBLIC_HOST
from tests.e2e.support.pipelines import airflow
from tests.e2e.support.stack import Stack
from tests.e2e.support.waiting import until

NAME = "cover_type"
EXAMPLE = discover(None).get(NAME).example


def is_well(stack: Stack, told: str) -> None:
    """Every container runs and is healthy, or is done; and what was printed holds the addresses and the logins."""
    assert [each.service for each in stack.containers() if not each.well] == []
    for service in ("AIRFLOW", "MLFLOW", "INFERENCE", "PORTAL", "MINIO_CONSOLE"):
        assert f"http://{PUBLIC_HOST}:{stack.ports[service]}" in told, f"no address of {service} in:\n{told}"
    for name in ("TELAR_AIRFLOW_PASSWORD", "TELAR_MLFLOW_ADMIN_PASSWORD"):
        assert stack.env[name] in told or name in told, f"no word of {name} in:\n{told}"


def logins_hold(stack: Stack) -> None:
    """Who has the password of `.env` comes in, and nobody else does."""
    airflow(stack)
    with pytest.raises(AirflowFailed, match="refuses the generated password"):
        AirflowApi(f"http://{BIND}:{stack.ports['AIRFLOW']}", "admin", "admin").login()
    search = "/api/2.0/mlflow/experiments/search?max_results=1"
    for strange in (None, ("admin", "password1234"), ("telar", stack.env["TELAR_MLFLOW_READER_PASSWORD"])):
        assert ask(stack, "MLFLOW", "GET", search, login=strange).status_code == 401
    for user in ("admin", "telar", "telar-reader"):
        assert ask_mlflow(stack, "GET", "experiments/search?max_results=1", user=user).status_code == 200, user


def tells_status_and_statistics(stack: Stack, status: str, statistics: str, name: str = NAME) -> None:
    """What a database client prints of the two views holds each batch of the use case, and all its rows."""
    known = warehouse.rows(stack, "SELECT total_records FROM {ops}.batches WHERE use_case = :name", name=name)
    assert known
    assert status.count(f" {name} ") == len(known), status
    assert f" {sum(each['total_records'] for each in known)} " in statistics, statistics


def keeps_artifacts(stack: Stack) -> None:
    """The promoted version's files lie in the bucket, to which alone MLflow's key opens the store."""
    keys = stored_objects(stack)
    for ending in ("contract.json", ".onnx", "MLmodel"):
        assert [key for key in keys if key.endswith(ending)], f"no {ending} among {keys[:20]}"
    with pytest.raises(ClientError, match="AccessDenied"):
        object_store(stack).create_bucket(Bucket="another")


def has_promoted(stack: Stack) -> str:
    """The version with the alias, which the pipelines may set and a reader may not; inference serves it."""
    version = str(production(stack, NAME)["version"])
    body = {"name": NAME, "alias": "production", "version": version}
    refused = ask_mlflow(stack, "POST", "registered-models/alias", body, user="telar-reader")
    assert refused.status_code == 403, refused.text
    await_served(stack, NAME, version)
    return version


def predicts_and_records(stack: Stack, name: str = NAME, record: dict[str, Any] | None = None) -> str:
    """A prediction by the public name, which is in `ops.predictions` soon after; the prediction."""
    answer = predict(stack, name, record or example(stack, name))
    request, told = answer.headers["x-request-id"], str(answer.json()["prediction"])
    question = "SELECT use_case, model_version, prediction, status FROM {ops}.predictions WHERE request_id = :id"
    stored = until("the prediction is recorded", lambda: warehouse.rows(stack, question, id=request), 20)
    expected = {"use_case": name, "model_version": answer.json()["version"], "prediction": told, "status": 200}
    assert stored == [expected], f"{stored} for {answer.json()}"
    return told
