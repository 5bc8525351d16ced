"""A data API that serves TINY, for every test of a module."""

from collections.abc import Iterator

import pytest

from tests.support.data_api_server import DataApi, run_data_api


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataApi]:
    """Batches turn over at each request, as TINY says."""
    with run_data_api(tmp_path_factory.mktemp("data-api")) as running:
        yield running
