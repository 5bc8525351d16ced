"""A warehouse that does not answer is named with its host, its port and the fix."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from telar.adapters.warehouse import Warehouse, batches, open_warehouse
from telar.domain.errors import ConfigurationError, WarehouseUnavailable
from tests.integration.warehouse.making import stored
from tests.support.databases import TestDatabase
from tests.support.ports import free_port


@pytest.mark.parametrize("driver", ["postgresql+psycopg2", "mysql+pymysql"])
def test_a_server_that_is_not_there_is_named_with_the_fix(driver: str) -> None:
    port = free_port()
    warehouse = open_warehouse(f"{driver}://batchuser:secret-word@127.0.0.1:{port}/OPS")

    with pytest.raises(WarehouseUnavailable, match=rf"127\.0\.0\.1:{port} .*TELAR_WAREHOUSE_URL") as caught:
        batches.get(warehouse, 1)

    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize("driver", ["postgresql+psycopg2", "mysql+pymysql"])
def test_a_host_that_nobody_knows_is_named(driver: str) -> None:
    warehouse = open_warehouse(f"{driver}://batchuser:secret-word@nowhere.invalid/OPS")

    with pytest.raises(WarehouseUnavailable, match=r"nowhere\.invalid:\d+"):
        batches.get(warehouse, 1)


def test_a_connection_that_the_server_ended_is_replaced(warehouse: Warehouse, database: TestDatabase) -> None:
    batch_id = stored(warehouse, 1)
    admin = sa.create_engine(database.server.get_secret_value(), poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        if warehouse.dialect == "postgresql":
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'telar'"
            )
        else:
            user = warehouse.url.username
            question = f"SELECT id FROM information_schema.processlist WHERE user = '{user}'"
            for number in connection.exec_driver_sql(question).scalars().all():
                connection.exec_driver_sql(f"KILL {number}")

    assert batches.get(warehouse, batch_id).batch_number == 1


def test_an_engine_that_telar_does_not_know_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"sqlite.*postgresql"):
        open_warehouse("sqlite:///warehouse.db")
    with pytest.raises(ConfigurationError, match="end in OPS"):
        open_warehouse("mysql+pymysql://telar:x@127.0.0.1/shop")
    with pytest.raises(SQLAlchemyError):
        open_warehouse("no url")
