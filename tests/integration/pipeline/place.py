"""Where the pipeline tests run: a warehouse, an upstream and MLflow, all real, for steps here or in a process."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from services.data_api.answer_log import LoggedAnswer, digest_of_rows
from telar.adapters.sources import DataApiClient
from telar.adapters.warehouse import Warehouse, batches, raw, tables
from telar.adapters.warehouse.batches import BatchRow
from telar.domain.use_case import UseCase
from telar.pipeline.context import Context
from telar.pipeline.failpoints import VARIABLE
from telar.pipeline.fetch import Fetched, fetch
from telar.pipeline.prepare import prepare
from telar.pipeline.train import train
from telar.settings import MlflowSettings, PipelineSettings, SourceSettings
from tests.support.data_api_server import DataApi
from tests.support.tiny import TINY, TINY_FOLDER

PROJECT = Path(__file__).parents[3]
STEP_SECONDS = 240
NOBODY = "http://127.0.0.1:9"


@dataclass
class Upstream:
    """A running data API, of whose log the first ``skipped`` answers were for others."""

    api: DataApi
    skipped: int

    def answers(self) -> list[LoggedAnswer]:
        """What was handed out in this test, oldest first."""
        return self.api.answers()[self.skipped :]


@dataclass
class Place:
    """The addresses of one test; ``context()`` is for steps in this process, ``step()`` for one of their own."""

    warehouse: Warehouse
    work: Path
    source_url: str
    mlflow_url: str = NOBODY
    window_seconds: float = 0.0
    use_case: UseCase = field(default=TINY)
    use_cases: Path = TINY_FOLDER
    variables: dict[str, str] = field(default_factory=dict)

    def context(self, **source: object) -> Context:
        """A context of TINY; ``source`` are further settings of the source."""
        asked = SourceSettings(url=self.source_url, window_seconds=self.window_seconds, timeout_seconds=10)
        settings = asked.model_copy(update=source)
        return Context(
            use_case=self.use_case,
            warehouse=self.warehouse,
            client=DataApiClient(settings.url, self.use_case, settings.prefixed, settings.timeout_seconds),
            source=settings,
            mlflow=MlflowSettings(url=self.mlflow_url, timeout_seconds=20),
            settings=PipelineSettings(work_folder=self.work, training_jobs=1),
        )

    def step(
        self, step: str, run_id: str, failpoint: str = "", use_case: str = "tiny"
    ) -> "subprocess.CompletedProcess[str]":
        """`runner` in a process of its own, to be killed at ``failpoint``."""
        return subprocess.run(
            [sys.executable, "-m", "tests.integration.pipeline.runner", step, run_id, use_case],
            cwd=PROJECT,
            env={**_without_telar(), **self._environment(), VARIABLE: failpoint},
            capture_output=True,
            text=True,
            timeout=STEP_SECONDS,
            check=False,
        )

    def stored_digest(self, batch: BatchRow) -> str:
        """The digest of a batch's raw rows, as the data API's log has it."""
        rows = raw.read(self.warehouse, self.use_case, batch.id)[list(self.use_case.names)]
        return digest_of_rows(rows.itertuples(index=False, name=None))

    def batches(self) -> list[BatchRow]:
        """Every row of `ops.batches`, the first batch first."""
        with self.warehouse.begin() as connection:
            ids = connection.execute(sa.select(tables.batches.c.id).order_by(tables.batches.c.id)).scalars().all()
        return sorted((batches.get(self.warehouse, each) for each in ids), key=lambda b: (b.cycle, b.batch_number))

    def _environment(self) -> dict[str, str]:
        return {
            "TELAR_WAREHOUSE_URL": self.warehouse.url.render_as_string(hide_password=False),
            "TELAR_MLFLOW_URL": self.mlflow_url,
            "TELAR_SOURCE_URL": self.source_url,
            "TELAR_SOURCE_WINDOW_SECONDS": str(self.window_seconds),
            "TELAR_USE_CASES": str(self.use_cases),
            "TELAR_WORK_FOLDER": str(self.work),
            "TELAR_TRAINING_JOBS": "1",
            **self.variables,
        }


def challenger(context: Context, run_id: str) -> tuple[int, str]:
    """A newly fetched batch and a version that is trained for it."""
    fetched = fetch(context, run_id)
    assert isinstance(fetched, Fetched)
    prepare(context, fetched.batch_id)
    return fetched.batch_id, train(context, fetched.batch_id, run_id).version


def _without_telar() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("TELAR_")}
