"""A real MLflow for the tests that register models: one server for the session."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from sqlalchemy import NullPool, create_engine, make_url, text

from tests.support.mlflow_server import running_mlflow


@pytest.fixture(scope="session")
def mlflow_url(postgres_server: SecretStr, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an MLflow server of this session, its tables in a database of their own."""
    admin = make_url(postgres_server.get_secret_value())
    engine = create_engine(admin, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE mlflow_of_tests"))
    url = admin.set(database="mlflow_of_tests").render_as_string(hide_password=False)
    with running_mlflow(url, tmp_path_factory.mktemp("mlflow")) as served:
        yield served
