"""One new file is a new data set: registry, feed, DAG, tables, model, route, form and prediction follow from it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from services.portal.form import form_fields
from telar.adapters.warehouse.names import Role
from telar.domain.contract import Contract
from telar.use_cases import discover
from tests.dags.airflow import airflow_environment, airflow_worker
from tests.dags.scheduled import eventually
from tests.support.ports import free_port
from tests.support.spine import PROJECT, Spine, running_spine, wait_until

NAME = "weights"
FILE = '''"""Whether a thing is light or heavy, told by its size."""

from telar.domain.candidates import Candidate
from telar.domain.columns import Column, Target, TargetClass
from telar.domain.rules import GateRules, QualityRules
from telar.domain.use_case import DataApiSource, UseCase


def clean(frame):
    return frame.dropna()


def sample(rows, seed):
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    size, density = random.uniform(1, 10, rows).round(2), random.uniform(0.5, 2, rows).round(2)
    kind = np.where(size * density > 6, "heavy", "light")
    return pd.DataFrame({"Size": size, "Density": density, "Kind": kind})[COLUMNS + ["Kind"]]


COLUMNS = ["Size"]
USE_CASE = UseCase(
    name="weights",
    title="Weights",
    description="Whether a thing is light or heavy, told by its size.",
    task="classification",
    source=DataApiSource(batches=4, sample_rows=4_000, row_format="objects"),
    columns=tuple(Column(name=name, kind="number", label=name, minimum=0, maximum=10) for name in COLUMNS),
    target=Target(name="Kind", label="Kind", classes=tuple(TargetClass(value=v, label=v) for v in ("light", "heavy"))),
    clean=clean,
    sample=sample,
    candidates=(Candidate(name="tree", estimator="sklearn.tree.DecisionTreeClassifier", parameters={"max_depth": 6}),),
    primary_metric="macro_f1",
    quality=QualityRules(max_null_share=1.0),
    gate=GateRules(floor=0.5, min_gain=0.01),
    example={name: 2.0 for name in COLUMNS},
)
'''


@pytest.fixture(scope="module")
def spine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spine]:
    """Everything runs before the file is there."""
    settings = {"TELAR_SCHEDULE": "manual", "TELAR_INFERENCE_WATCH_SECONDS": "0.5"}
    with running_spine(tmp_path_factory.mktemp("spine"), tmp_path_factory.mktemp("use_cases"), **settings) as running:
        yield running


@pytest.fixture(scope="module")
def inference(spine: Spine) -> Iterator[str]:
    """The URL of an inference API that was started before the file was there."""
    own = {
        "TELAR_WAREHOUSE_URL": spine.url(Role.INFERENCE),
        "TELAR_INFERENCE_MODEL_FOLDER": str(spine.folder / "models"),
    }
    with running_inference({**spine.environment, **own}, spine.folder / "inference.log") as url:
        yield url


@pytest.mark.timeout(300)
def test_a_new_file_becomes_a_dag_tables_a_feed_a_route_a_form_and_a_prediction(spine: Spine, inference: str) -> None:
    assert requests.get(f"{spine.source.url}/{NAME}/", timeout=30).status_code == 404
    (spine.use_cases / f"{NAME}.py").write_text(FILE)

    assert NAME in discover(spine.use_cases).use_cases
    assert_dag(spine)
    eventually(lambda: requests.get(f"{spine.source.url}/{NAME}/", timeout=30).ok, "the data API feeds it", 30)
    assert outcome_of_a_run(spine) == "promoted"
    assert {"raw", "clean"} <= schemas_with_table(spine)

    eventually(lambda: contract(inference) is not None, "inference serves it", 30)
    assert [field.name for field in form_fields(loaded(inference))] == ["Size"]
    assert predict(inference, {"Size": 9.5})["prediction"] == "heavy"
    assert predict(inference, {"Size": 1.5})["prediction"] == "light"


@pytest.mark.timeout(300)
def test_a_new_column_is_asked_for_once_promoted_and_no_more_once_rolled_back(spine: Spine, inference: str) -> None:
    (spine.use_cases / f"{NAME}.py").write_text(FILE.replace('COLUMNS = ["Size"]', 'COLUMNS = ["Size", "Density"]'))
    assert outcome_of_a_run(spine, "--force") == "promoted"

    eventually(lambda: columns(inference) == ["Size", "Density"], "inference serves the new version", 30)
    refused = requests.post(f"{inference}/models/{NAME}/predict", json={"Size": 5.0}, timeout=30)
    assert refused.status_code == 422
    assert refused.json()["error"]["problems"][0]["field"] == "Density"
    assert predict(inference, {"Size": 9.0, "Density": 0.5})["prediction"] == "light"

    assert "in production again" in telar(spine, "rollback", NAME)
    eventually(lambda: columns(inference) == ["Size"], "inference serves the old version again", 30)
    assert predict(inference, {"Size": 9.0})["prediction"] == "heavy"


def test_a_broken_file_leaves_the_others_working(spine: Spine, inference: str) -> None:
    (spine.use_cases / "half_written.py").write_text("USE_CASE = UseCase(\n")
    listed = telar(spine, "use-cases")
    assert NAME in listed
    assert "broken: half_written" in listed
    assert requests.get(f"{spine.source.url}/{NAME}/", timeout=30).ok
    assert predict(inference, dict.fromkeys(columns(inference), 2.0))["prediction"] in ("light", "heavy")


def assert_dag(spine: Spine) -> None:
    with airflow_worker(airflow_environment(spine, "airflow"), spine.folder / "worker.log") as worker:
        described = worker.describe(NAME)
    assert "promote" in described["tasks"]
    assert "| Size | number | 0 to 10 |" in described["doc"]


def outcome_of_a_run(spine: Spine, *words: str) -> str:
    return telar(spine, "run", NAME, *words).strip().rsplit("outcome: ", 1)[-1]


def telar(spine: Spine, *words: str) -> str:
    """What the command line says; the tables of a new use case are made by its first run."""
    done = subprocess.run(
        [sys.executable, "-m", "telar.cli", *words],
        env=spine.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def schemas_with_table(spine: Spine) -> set[str]:
    engine = sa.create_engine(spine.url(Role.PIPELINE), poolclass=sa.NullPool)
    with engine.connect() as connection:
        wanted = sa.text("SELECT table_schema FROM information_schema.tables WHERE table_name = :name")
        return {row[0] for row in connection.execute(wanted, {"name": NAME})}


def contract(inference: str) -> dict[str, Any] | None:
    answer = requests.get(f"{inference}/models/{NAME}", timeout=30)
    return dict(answer.json()["contract"]) if answer.ok else None


def loaded(inference: str) -> Contract:
    return Contract.model_validate_json(json.dumps(contract(inference)))


def columns(inference: str) -> list[str]:
    return [column["name"] for column in (contract(inference) or {"columns": []})["columns"]]


def predict(inference: str, record: Mapping[str, float]) -> dict[str, Any]:
    answer = requests.post(f"{inference}/models/{NAME}/predict", json=record, timeout=30)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@contextmanager
def running_inference(environment: Mapping[str, str], log: Path) -> Iterator[str]:
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "services.inference.main:app",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until(f"{url}/health", process)
        yield url
    finally:
        process.terminate()
        process.wait(15)
