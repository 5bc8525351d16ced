"""The Compose platform's figures: seconds from `make up` to healthy, a batch's way, memory when idle.

Run from the project where a Docker Engine answers: `.telar/venv/bin/python -m benchmarks.compose`. It builds the
images, brings a platform of its own up from nothing, takes two batches, waits five minutes and removes everything.
Exits 1 where a limit is broken. TELAR_BENCH_IDLE_SECONDS shortens the wait.
"""

import json
import os
import subprocess
import sys
import time

import typer

from telar.adapters.model_registry.http import RegistryHttp
from telar.settings import MlflowSettings
from tests.e2e.support.checks import NAME
from tests.e2e.support.clients import postgres_as_admin
from tests.e2e.support.containers import Container
from tests.e2e.support.machine import BIND
from tests.e2e.support.pipelines import airflow, ready
from tests.e2e.support.stack import BUILD_SECONDS, UP_SECONDS, Stack, new_stack

UP_LIMIT, WAY_LIMIT, MEGABYTES_LIMIT = 60.0, 20.0, 2.5 * 1024
BATCHES = 2
WAYS = (
    "SELECT batches.mlflow_run_id || ' ' || extract(epoch FROM runs.finished_at - runs.started_at)"
    " FROM ops.runs JOIN ops.batches ON batches.id = runs.batch_id WHERE batches.mlflow_run_id IS NOT NULL"
)


def main() -> None:
    """Measure and print."""
    with new_stack("bench", {}) as stack:
        stack.compose("build", seconds=BUILD_SECONDS)
        began = time.monotonic()
        stack.made("up", UP_SECONDS)
        seconds = time.monotonic() - began
        take_batches(stack)
        ways = ways_without_fit(stack)
        time.sleep(float(os.environ.get("TELAR_BENCH_IDLE_SECONDS") or 300))
        sizes = {each.service: megabytes(each) for each in stack.containers() if each.running}
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        typer.echo(f"{size:8.0f} MB  {name}")
    total, longest = sum(sizes.values()), max(ways)
    typer.echo(f"from make up with built images to healthy: {seconds:.1f} s (limit {UP_LIMIT:.0f} s)")
    typer.echo(f"a batch's way through Airflow without the fit: {longest:.1f} s (limit {WAY_LIMIT:.0f} s)")
    typer.echo(f"idle, {len(sizes)} containers, without page cache: {total:.0f} MB (limit {MEGABYTES_LIMIT:.0f} MB)")
    sys.exit(seconds > UP_LIMIT or longest > WAY_LIMIT or total > MEGABYTES_LIMIT)


def take_batches(stack: Stack) -> None:
    """Through the DAG, as scheduled ones go."""
    api = airflow(stack)
    ready(api, NAME)
    for _ in range(BATCHES):
        api.run(NAME)


def ways_without_fit(stack: Stack) -> list[float]:
    """For each batch that was trained on: seconds from its fetch to its record, less the fit of every candidate."""
    reader, password = "telar-reader", stack.env["TELAR_MLFLOW_READER_PASSWORD"]
    url = f"http://{BIND}:{stack.ports['MLFLOW']}"
    registry = RegistryHttp(MlflowSettings.model_validate({"url": url, "username": reader, "password": password}))
    found = [line.split() for line in postgres_as_admin(stack, WAYS, "batches_db").splitlines()]
    return [float(seconds) - fit_seconds(registry.metrics(run)) for run, seconds in found]


def fit_seconds(metrics: dict[str, float]) -> float:
    """The seconds of every candidate's search and fit."""
    return sum(value for name, value in metrics.items() if name.startswith("fit_seconds_"))


def megabytes(container: Container) -> float:
    """What the container holds, its page cache apart; shared memory (PostgreSQL's buffers) counts where it is told."""
    address = f"http://docker/containers/{container.id}/stats?stream=false&one-shot=true"
    command = ["curl", "--silent", "--fail", "--unix-socket", "/var/run/docker.sock", address]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["memory_stats"]
    parts = told["stats"]
    cache = parts["file"] if "file" in parts else parts["total_cache"]  # control groups v2, v1
    return float(told["usage"] - cache + parts.get("shmem", parts.get("total_shmem", 0))) / 2**20


if __name__ == "__main__":
    main()
