"""The spine with one use case for each way that a run can end, and an Airflow worker that makes runs on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dags.airflow import Worker, airflow_environment, airflow_worker, migrate_airflow
from tests.support.spine import Spine, running_spine, variant

STEADY = '"drift": DriftRules(batch_change=9, max_psi=9, max_wasserstein=9, max_new_category_share=1)'
VARIANTS = {
    "goes_well": "",
    "stays_the_same": STEADY,
    "has_one_batch": '"source": DataApiSource(batches=1, sample_rows=1200)',
    "begins_again": '"source": DataApiSource(batches=1, sample_rows=1200)',
    "gains_nothing": '"gate": GateRules(floor=0.1, min_gain=0.9)',
    "cannot_be_fitted": (
        '"candidates": (Candidate(name="tree", estimator="sklearn.tree.DecisionTreeClassifier",'
        ' parameters={"max_depth": -1}),)'
    ),
    "cannot_be_converted": (
        '"candidates": (Candidate(name="spreading", estimator="sklearn.semi_supervised.LabelSpreading"),)'
    ),
    "source_fails": "",
    "source_babbles": "",
    "registry_fails": "",
    "alias_fails": "",
}


@pytest.fixture(scope="session")
def use_case_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mounted folder with the variants, and a file that cannot be loaded."""
    folder = tmp_path_factory.mktemp("use_cases")
    for name, changes in VARIANTS.items():
        variant(folder, name, changes)
    (folder / "half_written.py").write_text("USE_CASE = UseCase(\n")
    return folder


@pytest.fixture(scope="session")
def spine(tmp_path_factory: pytest.TempPathFactory, use_case_folder: Path) -> Iterator[Spine]:
    """Warehouse, data API and MLflow; a failed step is tried once more, a second later."""
    settings = {"TELAR_SCHEDULE": "manual", "TELAR_TASK_RETRIES": "1", "TELAR_RETRY_SECONDS": "0.1"}
    with running_spine(tmp_path_factory.mktemp("spine"), use_case_folder, **settings) as running:
        yield running


@pytest.fixture(scope="session")
def worker(spine: Spine) -> Iterator[Worker]:
    """Airflow, ready to make runs."""
    environment = airflow_environment(spine, "airflow")
    migrate_airflow(environment)
    with airflow_worker(environment, spine.folder / "worker.log") as ready:
        yield ready
