"""While its database is away, MLflow asks its clients to come again: it does not refuse their logins."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr
from sqlalchemy import NullPool, create_engine, text

from services.mlflow.settings import READER
from telar.adapters.model_registry.http import RegistryHttp
from telar.domain.errors import RegistryUnavailable
from tests.services.mlflow.server import Mlflow


@contextmanager
def away(server: SecretStr, user: str) -> Iterator[None]:
    """The database throws that user out, and lets nobody of that name in until the block ends."""
    connections = text("SELECT id FROM information_schema.processlist WHERE user = :user")
    engine = create_engine(server.get_secret_value(), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as admin:
        admin.execute(text(f"ALTER USER '{user}'@'%' ACCOUNT LOCK"))
        for (number,) in admin.execute(connections, {"user": user}):
            admin.execute(text(f"KILL {number}"))
        try:
            yield
        finally:
            admin.execute(text(f"ALTER USER '{user}'@'%' ACCOUNT UNLOCK"))


@pytest.mark.parametrize(
    "path", ["/", "/api/2.0/mlflow/experiments/search?max_results=1", "/v1/traces", "/get-artifact"]
)
def test_a_database_that_is_away_is_no_refused_login(
    mlflow: Mlflow, mysql_server: SecretStr, mlflow_database: dict[str, str], path: str
) -> None:
    reader = RegistryHttp(mlflow.settings(READER))
    reader.registered()  # the login is remembered now
    with away(mysql_server, mlflow_database["TELAR_MLFLOW_DATABASE_USER"]):
        assert mlflow.ask("GET", path, READER).status_code == 503
        stranger = mlflow.ask("GET", path, headers={"Authorization": "Basic bm9ib2R5Om5vYm9keQ=="})
        assert (stranger.status_code, stranger.json()["message"]) == (503, "MLflow's database is away")
        with pytest.raises(RegistryUnavailable):
            reader.registered()
        done = mlflow.health()
        assert (done.returncode, done.stderr) == (1, "mlflow: its database: 503 MLflow's database is away\n")
    reader.registered()
