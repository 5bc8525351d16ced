"""Nobody sees anything without a login, the reader changes nothing, and people and pipelines never block each other."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from mlflow import MlflowClient

from services.mlflow.settings import ADMIN, PIPELINES, READER
from telar.adapters.model_registry.connection import connect
from telar.adapters.model_registry.http import RegistryHttp
from telar.adapters.model_registry.registry import ModelRegistry
from tests.services.mlflow.server import PUBLIC, Mlflow

API = "/api/2.0/mlflow"
ALIAS = f"{API}/registered-models/alias"
FILES = "/api/2.0/mlflow-artifacts/artifacts"
# Pages and REST are Flask's, the others FastAPI's own: each has a guard of its own in MLflow.
CLOSED = [
    ("GET", "/"),
    ("GET", "/version"),
    ("GET", f"{API}/experiments/search?max_results=1"),
    ("GET", "/ajax-api/2.0/mlflow/experiments/search?max_results=1"),
    ("POST", "/graphql"),
    ("GET", "/get-artifact?path=x&run_uuid=1"),
    ("GET", f"{FILES}?path=1"),
    ("GET", f"{FILES}/1/x"),
    ("PUT", f"{FILES}/1/x"),
    ("DELETE", f"{FILES}/1/x"),
    ("POST", "/api/2.0/mlflow-artifacts/mpu/create/1/x"),
    ("POST", "/v1/traces"),
    ("POST", "/gateway/x/mlflow/invocations"),
    ("GET", "/ajax-api/3.0/jobs/1"),
    ("GET", "/ajax-api/3.0/mlflow/assistant/config"),
    ("GET", "/api/3.0/mlflow/mcp-servers"),
    ("GET", "/api/2.0/mlflow/users/get?username=admin"),
]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_every_route_asks_for_a_login(mlflow: Mlflow, method: str, path: str) -> None:
    assert mlflow.ask(method, path).status_code == 401
    assert mlflow.ask(method, path, headers={"Authorization": "Basic YWRtaW46d3Jvbmc="}).status_code == 401


@contextmanager
def client(mlflow: Mlflow, user: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[MlflowClient]:
    """MLflow's own client, which takes its login from the environment."""
    with monkeypatch.context() as undone:
        for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_HTTP_REQUEST_TIMEOUT"):
            undone.setenv(name, "")
        yield connect(mlflow.settings(user))


def add_version(asked: MlflowClient, model: str, experiment: str = "Default") -> None:
    """A run, and a version of it that holds the alias `production`."""
    found = asked.get_experiment_by_name(experiment)
    assert found is not None
    run = asked.create_run(found.experiment_id).info
    asked.create_model_version(model, f"{run.artifact_uri}/model", run.run_id, await_creation_for=0)
    asked.set_registered_model_alias(model, "production", "1")


def test_the_reader_reads_and_changes_nothing(mlflow: Mlflow, monkeypatch: pytest.MonkeyPatch) -> None:
    with client(mlflow, PIPELINES, monkeypatch) as pipelines:
        pipelines.create_registered_model("read_only")
        add_version(pipelines, "read_only")

    body = {"name": "read_only", "alias": "production", "version": "1"}
    for method, path in (
        ("POST", ALIAS),
        ("DELETE", ALIAS),
        ("POST", f"{API}/registered-models/create"),
        ("POST", f"{API}/experiments/create"),
        ("PUT", f"{FILES}/0/x"),
        ("PATCH", f"{API}/users/update-password"),
    ):
        refused = mlflow.ask(method, path, READER, json={**body, "name": "of the reader"})
        assert (refused.status_code, refused.json()["message"]) == (403, "telar-reader may only read")

    registry = RegistryHttp(mlflow.settings(READER))
    assert "read_only" in registry.registered()
    assert registry.alias_version("read_only", "production").version == "1"  # type: ignore[union-attr]


def test_people_and_pipelines_never_block_each_other(mlflow: Mlflow, monkeypatch: pytest.MonkeyPatch) -> None:
    with client(mlflow, ADMIN, monkeypatch) as people:
        people.create_registered_model("made by people")
        people.create_experiment("made by people")
    with client(mlflow, PIPELINES, monkeypatch) as pipelines:
        add_version(pipelines, "made by people", "made by people")
        pipelines.create_registered_model("made by pipelines")
        add_version(pipelines, "made by pipelines")
    with client(mlflow, ADMIN, monkeypatch) as people:
        people.set_registered_model_alias("made by pipelines", "production", "1")
        people.rename_registered_model("made by pipelines", "renamed by people")
    with client(mlflow, PIPELINES, monkeypatch) as pipelines:
        pipelines.set_model_version_tag("renamed by people", "1", "telar.reason", "still allowed")
        pipelines.delete_registered_model_alias("renamed by people", "production")
        found = pipelines.get_model_version("renamed by people", "1")
    assert (found.tags, found.aliases) == ({"telar.reason": "still allowed"}, [])


def test_what_was_never_registered_is_told_from_what_is_forbidden(
    mlflow: Mlflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with client(mlflow, PIPELINES, monkeypatch):
        assert ModelRegistry(mlflow.settings(PIPELINES)).production("never_registered") is None
    registry = RegistryHttp(mlflow.settings(READER))
    assert registry.alias_version("never_registered", "production") is None
    assert registry.metrics("0" * 32) == {}


def test_only_its_own_names_reach_it_and_only_its_own_pages_write(mlflow: Mlflow) -> None:
    asked = f"{API}/experiments/search"
    for host in (PUBLIC, "mlflow:5000", "mlflow.example"):
        assert mlflow.ask("GET", f"{asked}?max_results=1", ADMIN, headers={"Host": host}).status_code == 200
    assert mlflow.ask("GET", f"{asked}?max_results=1", ADMIN, headers={"Host": "evil.example"}).status_code == 403

    for origin, status in ((f"http://{PUBLIC}", 200), ("https://mlflow.example", 200), ("http://evil.example", 403)):
        answer = mlflow.ask("POST", asked, ADMIN, json={"max_results": 1}, headers={"Origin": origin})
        assert answer.status_code == status


def test_clients_send_and_fetch_files_through_mlflow(mlflow: Mlflow) -> None:
    told = mlflow.ask("GET", "/api/3.0/mlflow/server-info").json()
    assert (told["multipart_uploads_enabled"], told["multipart_downloads_enabled"]) == (False, False)


def test_an_object_store_that_is_away_is_named(mlflow: Mlflow) -> None:
    for path in (f"{FILES}?path=1", f"{FILES}/0/x"):
        answer = mlflow.ask("GET", path, READER)
        assert (answer.status_code, answer.json()["message"]) == (503, "MLflow's object store is away")
    done = mlflow.health()
    assert (done.returncode, done.stderr) == (1, "mlflow: its object store: 503 MLflow's object store is away\n")
