"""A warehouse that does not answer is named with its host, its port and the fix."""

import pytest
from sqlalchemy.exc import SQLAlchemyError

from telar.adapters.warehouse import batches, open_warehouse
from telar.domain.errors import ConfigurationError, WarehouseUnavailable
from tests.support.servers import free_port


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


def test_an_engine_that_telar_does_not_know_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"sqlite.*postgresql"):
        open_warehouse("sqlite:///warehouse.db")
    with pytest.raises(ConfigurationError, match="end in OPS"):
        open_warehouse("mysql+pymysql://telar:x@127.0.0.1/shop")
    with pytest.raises(SQLAlchemyError):
        open_warehouse("no url")
