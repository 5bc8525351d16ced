"""The engines that tests run on: PostgreSQL always, MySQL where it is at hand, and a last line that says which."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest
from pydantic import SecretStr

from telar.adapters.warehouse import Warehouse, open_warehouse
from telar.domain.use_case import UseCase
from tests.support import parallel
from tests.support.databases import TestDatabase
from tests.support.parallel import say_last, shared_folder
from tests.support.servers import HOW_TO_MYSQL, NoMySql, running_mysql, running_postgres, shared_mysql
from tests.support.tiny import TINY

ENGINES_VARIABLE = "TELAR_TEST_ENGINES"
ENGINES = ("postgresql", "mysql")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(parallel)
    config.addinivalue_line("markers", "engines(*names): run this test on these engines only, of postgresql and mysql")
    if "mysql" not in (_asked() or ENGINES):
        told = f"{ENGINES_VARIABLE}={os.environ[ENGINES_VARIABLE]}"
        say_last(config, f"The MySQL tests were NOT run ({told}). To run them: unset it.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for ``engine_name`` (or ``warehouse``) once on each engine."""
    if "engine_name" not in metafunc.fixturenames:
        return
    asked = _asked() or ENGINES
    marker = metafunc.definition.get_closest_marker("engines")
    metafunc.parametrize("engine_name", [each for each in asked if not marker or each in marker.args], scope="session")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecretStr]:
    """The admin URL of a PostgreSQL of this session, in a folder whose name holds a space."""
    with running_postgres(tmp_path_factory.mktemp("a server")) as url:
        yield url


@pytest.fixture(scope="session")
def mysql_server(request: pytest.FixtureRequest) -> Iterator[SecretStr]:
    """The admin URL of a MySQL 8.4 or later; tests are skipped where there is none, unless it was asked for."""
    folder = shared_folder(request.config)
    with ExitStack() as stack:
        try:
            url = shared_mysql(folder) if folder else stack.enter_context(running_mysql())
        except NoMySql as error:
            if "mysql" in _asked():
                pytest.fail(f"{ENGINES_VARIABLE} asks for MySQL, and {error}: {HOW_TO_MYSQL}", pytrace=False)
            say_last(request.config, f"The MySQL tests were NOT run ({error}). To run them: {HOW_TO_MYSQL}.")
            pytest.skip(f"no MySQL at hand: {error}")
        yield url


@pytest.fixture(scope="session")
def test_database(engine_name: str, request: pytest.FixtureRequest) -> Iterator[TestDatabase]:
    """A migrated warehouse of this session, with the URL of each role."""
    server: SecretStr = request.getfixturevalue("mysql_server" if engine_name == "mysql" else "postgres_server")
    database = TestDatabase.make(server)
    yield database
    database.drop()


@pytest.fixture
def use_cases() -> Sequence[UseCase]:
    """The use cases whose tables ``warehouse`` holds; a module overrides this fixture."""
    return (TINY,)


@pytest.fixture
def database(test_database: TestDatabase, use_cases: Sequence[UseCase]) -> TestDatabase:
    """The warehouse of this session, empty again, with the tables of ``use_cases``: for the URLs of its roles."""
    test_database.empty(use_cases)
    return test_database


@pytest.fixture
def warehouse(database: TestDatabase) -> Iterator[Warehouse]:
    """An empty warehouse, opened by the pipeline's role."""
    with open_warehouse(database.pipeline_url) as opened:
        yield opened


def _asked() -> list[str]:
    names = [name.strip() for name in os.environ.get(ENGINES_VARIABLE, "").split(",") if name.strip()]
    if unknown := set(names) - set(ENGINES):
        raise pytest.UsageError(f"{ENGINES_VARIABLE} names {sorted(unknown)}: it takes {', '.join(ENGINES)}")
    return names
