"""One prediction by HTTP: Telar's inference API against `mlflow models serve` on the same version, one core each.

Run from the project: `.telar/venv/bin/python -m benchmarks.serving`. It trains Cover Type on generated rows into
an MLflow of its own, serves the version both ways (its ONNX form with every request recorded in PostgreSQL; its
scikit-learn flavour), checks that both answer the same 100 rows equally, then measures them in turn. Exits 1 below 30
times.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests
import typer

from benchmarks.load import as_body, client_name, requests_per_second
from telar.adapters.model_registry.registry import ModelRegistry
from telar.domain.lifecycle import Provenance
from telar.pipeline.cleaning import PARTITION, ROW, clean_rows
from telar.pipeline.training import TrainingReason, TrainingRows, train
from telar.pipeline.training.package import SKLEARN_FOLDER
from telar.settings import MlflowSettings
from telar.use_cases import discover
from tests.support.databases import TestDatabase
from tests.support.mlflow_server import free_port, running_mlflow
from tests.support.servers import running_postgres

PROJECT = Path(__file__).resolve().parents[1]
USE_CASE = next(iter(discover(None).use_cases.values()))  # the first of those built in
SERVER_CORE, CLIENT_CORE = 0, 1
ROWS, COMPARED, ROUNDS, SECONDS, LEAST_RATIO = 6_000, 100, 3, 5.0, 30.0

Record = dict[str, Any]


@dataclass(frozen=True)
class Server:
    """A started server and its process, whose children work too."""

    url: str
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """What it has used so far."""
        times = [each.cpu_times() for each in (self.process, *self.process.children(recursive=True))]
        return float(sum(each.user + each.system for each in times))


def main() -> None:
    """Measure and print; exits 1 where the two disagree or the ratio is below the limit."""
    with tempfile.TemporaryDirectory(prefix="telar bench ") as name, running_postgres(Path(name) / "pg") as postgres:
        folder, database = Path(name), TestDatabase.make(postgres)
        with running_mlflow(f"sqlite:///{folder}/mlflow.db", folder) as mlflow_url:
            registry = ModelRegistry(MlflowSettings(url=mlflow_url))
            version, records = trained(registry, folder)
            flavour = registry.download(USE_CASE.name, version, folder / "files") / SKLEARN_FOLDER
            own = telar_environment(database, mlflow_url, folder / "models")
            with (
                serving(TELAR, own, "/ready", folder) as telar,
                serving(mlflow_serve(flavour), {}, "/ping", folder) as other,
            ):
                compare(telar, other, records)
                ratio = measure(telar, other, records)
                tell_recorded(telar)
    sys.exit(ratio < LEAST_RATIO)


def trained(registry: ModelRegistry, work: Path) -> tuple[str, list[Record]]:
    """A version of Cover Type in production, by the pipeline's own training, and held-out records to ask about."""
    raw = USE_CASE.sample(ROWS, 7).astype(str)
    raw[ROW] = range(len(raw))
    clean = clean_rows(USE_CASE, raw)
    parts = {name: clean[clean[PARTITION] == name][list(USE_CASE.names)] for name in ("train", "validation", "test")}
    rows = TrainingRows(
        **parts, batches=(1,), cycle=1, provenance=Provenance.SAMPLE, origin="benchmark", data_digest="benchmark"
    )
    made = train(USE_CASE, rows, registry, TrainingReason(1, "benchmark", "benchmark"), work, jobs=2)
    registry.set_production(USE_CASE.name, made.version)
    names = [column.name for column in USE_CASE.columns]
    records = [
        dict(zip(names, row, strict=True)) for row in parts["test"][names].head(COMPARED).itertuples(index=False)
    ]
    typer.echo(f"version {made.version}, {made.model_megabytes:.1f} MB of ONNX, trained on {len(parts['train'])} rows")
    return made.version, records


def telar_environment(database: TestDatabase, mlflow_url: str, models: Path) -> dict[str, str]:
    """The variables of an inference API that records into PostgreSQL."""
    return {
        "TELAR_WAREHOUSE_URL": database.inference_url.get_secret_value(),
        "TELAR_MLFLOW_URL": mlflow_url,
        "TELAR_INFERENCE_MODEL_FOLDER": str(models),
        "TELAR_DEFAULT_USE_CASE": USE_CASE.name,
    }


TELAR = [sys.executable, "-m", "uvicorn", "services.inference.main:app", "--log-level", "warning"]


def mlflow_serve(flavour: Path) -> list[str]:
    """MLflow's own server of a model folder, one worker, in this environment."""
    words = [sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", str(flavour)]
    return [*words, "--env-manager", "local", "--workers", "1"]


@contextmanager
def serving(words: list[str], variables: dict[str, str], ready: str, folder: Path) -> Iterator[Server]:
    """A server on one core, from when it is ready until the block ends."""
    port = free_port()
    command = ["taskset", "-c", str(SERVER_CORE), *words, "--host", "127.0.0.1", "--port", str(port)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # mlflow looks for uvicorn on it
    environment = {**os.environ, **variables, "PATH": path, "OMP_NUM_THREADS": "1", "MLFLOW_DISABLE_TELEMETRY": "true"}
    log = folder / f"{port}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, env=environment, cwd=PROJECT, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}{ready}", log)
            yield Server(f"http://127.0.0.1:{port}", psutil.Process(process.pid))
        finally:
            os.killpg(process.pid, 15)
            process.wait(20)


def wait_until_ready(url: str, log: Path) -> None:
    """Until it answers 200, for at most a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if requests.get(url, timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{url} did not become ready; its log ends with:\n{log.read_text()[-2000:]}")


def compare(telar: Server, other: Server, records: list[Record]) -> None:
    """Both answer every record with the same class, Telar one by one and in a batch."""
    asked = requests.post(f"{other.url}/invocations", json={"dataframe_records": records}, timeout=60).json()
    classes = requests.get(f"{telar.url}/models/{USE_CASE.name}", timeout=60).json()["contract"]["trained_classes"]
    expected = [classes[index] for index in asked["predictions"]]
    batch = requests.post(f"{telar.url}/predict-batch", json={"records": records}, timeout=60).json()["predictions"]
    singly = [requests.post(f"{telar.url}/predict", json=each, timeout=60).json() for each in records]
    if [each["prediction"] for each in batch] != expected or [each["prediction"] for each in singly] != expected:
        raise RuntimeError("the two servers disagree on the same rows")
    typer.echo(f"both answer the same {len(records)} rows equally ({len(set(expected))} classes among them)")


def measure(telar: Server, other: Server, records: list[Record]) -> float:
    """The ratio of the medians; the rounds alternate, so that whatever else runs here disturbs both."""
    typer.echo(f"client: {client_name()}, 16 connections, on core {CLIENT_CORE}; servers on core {SERVER_CORE}")
    telar_bodies = [as_body(record) for record in records]
    other_bodies = [as_body({"dataframe_records": [record]}) for record in records]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(rates(telar, "/predict", telar_bodies))
        theirs.append(rates(other, "/invocations", other_bodies))
        typer.echo(f"  telar {ours[-1][0]:8.0f}/s   mlflow models serve {theirs[-1][0]:6.1f}/s")
    own, own_cpu = (float(statistics.median(column)) for column in zip(*ours, strict=True))
    its, its_cpu = (float(statistics.median(column)) for column in zip(*theirs, strict=True))
    typer.echo(f"for each second of CPU: {own_cpu:.0f} against {its_cpu:.1f}, ratio {own_cpu / its_cpu:.0f}")
    typer.echo(
        f"one prediction by HTTP: {own:.0f}/s against {its:.1f}/s, ratio {own / its:.0f} (limit {LEAST_RATIO:.0f})"
    )
    return own / its


def rates(server: Server, path: str, bodies: list[bytes]) -> tuple[float, float]:
    """Requests per second of a clock, and per second that the server computed: what a busy machine does not change."""
    before = server.cpu_seconds()
    rate = requests_per_second(f"{server.url}{path}", bodies, SECONDS, CLIENT_CORE)
    return rate, rate * SECONDS / (server.cpu_seconds() - before)


def tell_recorded(telar: Server) -> None:
    """How many of the answers stand in ops.predictions, or wait to."""
    wanted = ("telar_predictions_recorded_total", "telar_predictions_dropped_total", "telar_predictions_waiting")
    lines = requests.get(f"{telar.url}/metrics", timeout=60).text.splitlines()
    for line in lines:
        if line.startswith(wanted):
            typer.echo(f"  {line}")


if __name__ == "__main__":
    main()
