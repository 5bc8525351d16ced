"""MLflow's files lie in one bucket, which its user may work in and nothing else; clients reach them through MLflow."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from mlflow import MlflowClient

from services.mlflow.settings import PIPELINES, READER
from telar.adapters.model_registry.connection import connect
from telar.adapters.model_registry.http import RegistryHttp
from telar.domain.errors import NotServable
from tests.services.mlflow.server import Mlflow, running
from tests.services.mlflow.store import ROOT, ROOT_PASSWORD, NoDocker, Store, running_store

ASKED = "TELAR_TEST_COMPOSE"
SECRET = 's3\'s "secret" \\ %'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An object store with MLflow's bucket and user, set up twice."""
    folder = tmp_path_factory.mktemp("secrets")
    folder.chmod(0o755)
    try:
        with running_store(folder) as made:
            for secret in ("of another time", SECRET):
                done = made.set_up(secret)
                assert (done.returncode, done.stderr) == (0, "")
            yield made
    except NoDocker as error:
        if os.environ.get(ASKED) == "1":
            pytest.fail(f"{ASKED}=1, and {error}", pytrace=False)
        pytest.skip(str(error))


@pytest.fixture
def client(
    store: Store, mlflow_database: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Mlflow, MlflowClient]]:
    """An MLflow on that store, and its own client, which takes the pipelines' login from the environment."""
    for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_HTTP_REQUEST_TIMEOUT"):
        monkeypatch.setenv(name, "")
    given = {**mlflow_database, "TELAR_S3_URL": store.url, "TELAR_S3_SECRET_KEY": SECRET}
    with running(given, tmp_path) as served:
        yield served, connect(served.settings(PIPELINES))


def test_what_pipelines_log_lies_in_the_bucket_and_inference_fetches_it(
    client: tuple[Mlflow, MlflowClient], store: Store, tmp_path: Path
) -> None:
    mlflow, pipelines = client
    assert mlflow.health().returncode == 0
    logged, fetched = tmp_path / "contract.json", tmp_path / "fetched"
    logged.write_bytes(os.urandom(3_000_000))
    fetched.mkdir()
    model = pipelines.create_logged_model("0", "in_a_bucket")
    pipelines.log_model_artifact(model.model_id, str(logged))
    pipelines.finalize_logged_model(model.model_id, "READY")
    pipelines.create_registered_model("in_a_bucket")
    pipelines.create_model_version("in_a_bucket", f"models:/{model.model_id}", model_id=model.model_id)
    pipelines.set_registered_model_alias("in_a_bucket", "production", "1")

    registry = RegistryHttp(mlflow.settings(READER))
    version = registry.alias_version("in_a_bucket", "production")
    assert version is not None
    registry.download(version, ["contract.json"], fetched)

    assert (fetched / "contract.json").read_bytes() == logged.read_bytes()
    key = f"0/models/{model.model_id}/artifacts/contract.json"
    assert store.client(ROOT, ROOT_PASSWORD).head_object(Bucket="mlflows3", Key=key)["ContentLength"] == 3_000_000
    with pytest.raises(NotServable, match=r"version 1 of in_a_bucket has no model\.onnx"):
        registry.download(version, ["model.onnx"], fetched)


def test_the_user_of_mlflow_cannot_touch_another_bucket(store: Store) -> None:
    root, mlflow = store.client(ROOT, ROOT_PASSWORD), store.client("mlflow", SECRET)
    root.create_bucket(Bucket="others")
    root.put_object(Bucket="others", Key="a", Body=b"theirs")

    for forbidden in (
        lambda: mlflow.list_objects_v2(Bucket="others"),
        lambda: mlflow.get_object(Bucket="others", Key="a"),
        lambda: mlflow.put_object(Bucket="others", Key="b", Body=b""),
        lambda: mlflow.create_bucket(Bucket="more"),
        lambda: mlflow.delete_bucket(Bucket="mlflows3"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            forbidden()
    assert [each["Name"] for each in mlflow.list_buckets()["Buckets"]] == ["mlflows3"]


def test_a_refused_root_password_changes_nothing_and_is_named(store: Store, tmp_path: Path) -> None:
    other = Store(store.container, store.url, tmp_path)
    tmp_path.chmod(0o755)
    (tmp_path / "telar_minio_root_password").write_text("of another .env")

    done = other.set_up("a secret that is not set")

    assert done.returncode == 1
    assert "TELAR_MINIO_ROOT_PASSWORD of .env" in done.stderr
    assert "of another .env" not in done.stderr
    store.client("mlflow", SECRET).list_objects_v2(Bucket="mlflows3")
