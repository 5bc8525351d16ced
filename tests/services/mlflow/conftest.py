"""One MLflow with users for all tests here, on the engine that Compose gives it; its object store is away."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from tests.services.mlflow.server import Mlflow, database, install, running


@pytest.fixture(scope="session")
def mlflow_database(mysql_server: SecretStr) -> Iterator[dict[str, str]]:
    """The variables of a MySQL database in which MLflow and its users are installed."""
    with database(mysql_server) as given:
        done = install(given)
        assert done.returncode == 0, done.stderr
        yield given


@pytest.fixture(scope="session")
def mlflow(mlflow_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mlflow]:
    with running(mlflow_database, tmp_path_factory.mktemp("an mlflow")) as served:
        yield served
