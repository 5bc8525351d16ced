"""A short form of the diabetes encounters in a warehouse: a few thousand generated ones, read in batches of 600.

Each step is taken in a process of its own, forked from one that has imported everything already.
"""

import os
import signal
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from telar.adapters.warehouse import Warehouse, clean, raw, tables
from telar.domain.use_case import UseCase
from telar.pipeline.failpoints import VARIABLE
from telar.use_cases import discover
from tests.integration.pipeline import runner

NAME, ROWS, BATCH = "encounters", 2_400, 600
STEP_SECONDS = 120
DEFINITION = f"""
from telar.domain.rules import DriftRules
from telar.domain.use_case import PublishedSource
from telar.use_cases.diabetes import definition

WHOLE = definition("{NAME}")


def clean(frame):
    return WHOLE.clean(frame)


USE_CASE = WHOLE.model_copy(update={{
    "source": PublishedSource(batch_rows={BATCH}, sample_rows={ROWS}),
    "gate": WHOLE.gate.model_copy(update={{"floor": 0.4}}),
    "drift": DriftRules(min_new_rows=100),
    "candidates": WHOLE.candidates[:1],
    "averages": (),
    "clean": clean,
}})
"""
STRICTER = DEFINITION.replace("return WHOLE.clean(frame)", 'return WHOLE.clean(frame[frame["time_in_hospital"] > 1])')
_processes = get_context("forkserver")
_processes.set_forkserver_preload(["telar.pipeline.run", "telar.pipeline.training.job", runner.__name__])
Tables = dict[str, pd.DataFrame]


@dataclass
class Encounters:
    """The addresses of one test, and the folder from which the processes read the definition."""

    warehouse: Warehouse
    use_cases: Path
    work: Path
    mlflow_url: str

    @property
    def use_case(self) -> UseCase:
        """The definition as it is now."""
        return discover(self.use_cases).get(NAME)

    def define(self, text: str) -> None:
        """Writes the definition."""
        self.use_cases.mkdir(exist_ok=True)
        (self.use_cases / f"{NAME}.py").write_text(text)

    def take(self, step: str, run_id: str) -> None:
        """That step to its end."""
        assert self._step(step, run_id, "") == 0

    def kill(self, step: str, run_id: str, failpoint: str) -> None:
        """That step until it is killed."""
        assert self._step(step, run_id, failpoint) == -signal.SIGKILL, f"{failpoint} was not reached"

    def tables(self) -> Tables:
        """What is stored, under keys that do not depend on how often it was tried."""
        return {
            "raw": self._raw(),
            "clean": self._of_batches(clean.table(self.use_case), ["_row", *self.use_case.names], "_batch_id"),
            "batches": self._batches(),
            "comparisons": self._of_batches(tables.comparisons, ["kind", "figures"]),
            "decisions": self._of_batches(tables.decisions, ["run_id", "kind", "choice", "reason"]),
            "splits": self._all(tables.splits, ["cycle", "rows_sha256", "total_rows", "train_rows", "test_rows"]),
            "split_rows": self._all(tables.split_rows, ["source_row", "part", "row_group"]),
            "windows": self._all(tables.windows, ["source", "cycle", "last_batch_number"]),
            "runs": self._all(tables.runs, ["run_id", "kind", "outcome", "reason"]),
        }

    def _step(self, step: str, run_id: str, failpoint: str) -> int | None:
        process = _processes.Process(target=_take, args=(self._environment() | {VARIABLE: failpoint}, step, run_id))
        process.start()
        process.join(STEP_SECONDS)
        assert process.exitcode is not None, f"{step} took longer than {STEP_SECONDS} s"
        return process.exitcode

    def _environment(self) -> dict[str, str]:
        return {
            "TELAR_WAREHOUSE_URL": self.warehouse.url.render_as_string(hide_password=False),
            "TELAR_MLFLOW_URL": self.mlflow_url,
            "TELAR_SOURCE_DOWNLOAD": "false",
            "TELAR_USE_CASES": str(self.use_cases),
            "TELAR_WORK_FOLDER": str(self.work),
            "TELAR_TRAINING_JOBS": "1",
        }

    def _batches(self) -> pd.DataFrame:
        names = ["status", "total_records", "payload_sha256", "validations", "new_categories", "profile", "clean_rows"]
        names += ["train_rows", "decision", "outcome", "reason", "error", "model_version", "trained_run_id"]
        return self._all(tables.batches, ["source", "cycle", "batch_number", *names])

    def _raw(self) -> pd.DataFrame:
        with self.warehouse.begin() as connection:
            known = connection.execute(sa.select(tables.batches)).all()
        parts = [raw.read(self.warehouse, self.use_case, each.id) for each in known]
        keys = [(each.source, each.cycle, each.batch_number) for each in known]
        rows = pd.concat(parts, keys=keys, names=["source", "cycle", "batch_number"]).reset_index()
        return rows.astype(str).sort_values(list(rows.columns), ignore_index=True)

    def _of_batches(self, table: sa.Table, names: list[str], key: str = "batch_id") -> pd.DataFrame:
        """Rows that belong to a batch, under its feed and number instead of its id."""
        known = tables.batches
        batch = [known.c.source, known.c.cycle, known.c.batch_number]
        columns = [*batch, *(table.c[name] for name in names)]
        return self._ask(sa.select(*columns).join_from(table, known, table.c[key] == known.c.id))

    def _all(self, table: sa.Table, names: list[str]) -> pd.DataFrame:
        return self._ask(sa.select(*(table.c[name] for name in names)))

    def _ask(self, question: "sa.Select[tuple[object, ...]]") -> pd.DataFrame:
        with self.warehouse.begin() as connection:
            result = connection.execute(question)
            frame = pd.DataFrame(result.all(), columns=list(result.keys())).astype(str)
        return frame.sort_values(list(frame.columns), ignore_index=True)


def same(found: Tables, expected: Tables) -> bool:
    """Whether every table holds the same rows; the first that does not is shown."""
    assert found.keys() == expected.keys()
    for name, frame in expected.items():
        pd.testing.assert_frame_equal(found[name], frame, obj=name)
    return True


def _take(environment: dict[str, str], step: str, run_id: str) -> None:
    for name in [name for name in os.environ if name.startswith("TELAR_")]:
        del os.environ[name]
    os.environ.update(environment)
    runner.main(step, run_id, NAME)
