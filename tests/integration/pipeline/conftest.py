"""The platform of the pipeline tests, empty before each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from telar.adapters.sources import DataApiClient
from telar.adapters.warehouse import Warehouse
from tests.integration.pipeline.place import NOBODY, Place, Upstream
from tests.support.data_api_server import DataApi, run_data_api
from tests.support.tiny import TINY


@pytest.fixture(scope="session")
def one_data_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataApi]:
    """TINY's data API: 4 batches, answers of 600 rows, no window."""
    with run_data_api(tmp_path_factory.mktemp("data-api")) as api:
        yield api


@pytest.fixture
def data_api(one_data_api: DataApi) -> Upstream:
    """The data API at its first batch, with an empty log."""
    DataApiClient(one_data_api.url, TINY, prefixed=True, timeout_seconds=30).restart(1)
    return Upstream(one_data_api, len(one_data_api.answers()))


@pytest.fixture
def bare(warehouse: Warehouse, tmp_path: Path) -> Place:
    """A warehouse, on each engine; neither an upstream nor MLflow."""
    return Place(warehouse, tmp_path / "work", NOBODY)


@pytest.fixture
def collecting(bare: Place, data_api: Upstream) -> Place:
    """A warehouse and a data API."""
    bare.source_url = data_api.api.url
    return bare


@pytest.fixture
def empty_mlflow(mlflow_url: str) -> str:
    """The session's MLflow without any version of tiny."""
    client = MlflowClient(tracking_uri=mlflow_url, registry_uri=mlflow_url)
    try:
        client.delete_registered_model("tiny")
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
    return mlflow_url


@pytest.fixture
def place(collecting: Place, empty_mlflow: str) -> Place:
    """All three."""
    collecting.mlflow_url = empty_mlflow
    return collecting
