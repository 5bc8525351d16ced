"""The generated listings of houses, few of them: a data API, a warehouse, MLflow; steps here or in a forked process.

A process is forked from one that has imported everything already, so that a kill takes no longer than the step.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from telar.adapters.warehouse import open_warehouse
from telar.pipeline.failpoints import VARIABLE
from telar.use_cases import discover
from tests.integration.pipeline import runner
from tests.integration.pipeline.place import STEP_SECONDS, Place, Upstream
from tests.support.data_api_server import run_data_api
from tests.support.databases import TestDatabase

NAME = "real_estate"
LISTINGS = discover(None).get(NAME)
_processes = get_context("forkserver")
_processes.set_forkserver_preload(["telar.pipeline.run", "telar.pipeline.training.job", runner.__name__])


class Listings(Place):
    """The addresses of one test."""

    def kill(self, step: str, run_id: str, failpoint: str) -> None:
        """That step until it is killed there."""
        assert self._forked(step, run_id, failpoint) == -signal.SIGKILL, f"{failpoint} was not reached"

    def _forked(self, step: str, run_id: str, failpoint: str) -> int | None:
        environment = self._environment() | {VARIABLE: failpoint}
        process = _processes.Process(target=_take, args=(environment, step, run_id))
        process.start()
        process.join(STEP_SECONDS)
        assert process.exitcode is not None, f"{step} took longer than {STEP_SECONDS} s"
        return process.exitcode


@contextmanager
def listings(database: TestDatabase, mlflow_url: str, folder: Path, rows: int) -> Iterator[tuple[Listings, Upstream]]:
    """An empty warehouse, an MLflow without any version, and a data API with so many rows in six batches."""
    database.empty((LISTINGS,))
    forget(mlflow_url)
    with (
        run_data_api(folder / "data-api", NAME, None, sample_rows=rows) as api,
        open_warehouse(database.pipeline_url) as warehouse,
    ):
        place = Listings(warehouse, folder / "work", api.url, mlflow_url, use_case=LISTINGS)
        yield place, Upstream(api, 0)


def forget(mlflow_url: str) -> None:
    """No version of the listings' model in that MLflow."""
    try:
        MlflowClient(tracking_uri=mlflow_url, registry_uri=mlflow_url).delete_registered_model(NAME)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise


def _take(environment: dict[str, str], step: str, run_id: str) -> None:
    for name in [name for name in os.environ if name.startswith("TELAR_")]:
        del os.environ[name]
    os.environ.update(environment)
    runner.main(step, run_id, NAME)
