"""The embedded platform's figures: seconds from `make demo` to the first prediction, a batch's way, memory when idle.

Run from the project with everything installed: `.telar/venv/bin/python benchmarks/embedded.py`. It starts a platform of
its own, from empty databases on free ports, in a temporary folder whose name holds a space, and stops it at the end.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import typer
from sqlalchemy import text

from telar.adapters.model_registry.http import RegistryHttp
from telar.embedded import session
from telar.embedded.databases import connected
from telar.embedded.layout import Layout
from telar.embedded.platform import open_platform
from telar.settings import MlflowSettings

PROJECT = Path(__file__).resolve().parents[1]
LINKED = ("services", "dags", "plugins", "src", ".env.example", "requirements.lock", "pyproject.toml")
PORTS = ("POSTGRES", "AIRFLOW", "MLFLOW", "INFERENCE", "PORTAL", "DATA_API")
SECONDS_LIMIT, WAY_LIMIT, MEGABYTES_LIMIT, IDLE_SECONDS = 90.0, 15.0, 1.8 * 1024, 20.0
WAYS = text(
    "SELECT batches.mlflow_run_id AS run, extract(epoch FROM runs.finished_at - runs.started_at) AS seconds"
    " FROM ops.runs JOIN ops.batches ON batches.id = runs.batch_id WHERE batches.mlflow_run_id IS NOT NULL"
)


def main() -> None:
    """Measure and print; exits 1 where a limit is broken."""
    with tempfile.TemporaryDirectory(prefix="telar bench ") as folder:
        layout = project_of_links(Path(folder))
        environment = {**os.environ, **free_ports()}
        try:
            seconds = first_prediction(layout, environment)
            ways = ways_without_fit(layout)
            time.sleep(IDLE_SECONDS)
            sizes = session.proportional_megabytes(session.members(layout))
        finally:
            telar(layout, environment, "stop")
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        typer.echo(f"{size:8.0f} MB  {name}")
    total = sum(sizes.values())
    longest = max(ways)
    typer.echo(f"a batch's way without the fit of all candidates: {longest:.1f} s (limit {WAY_LIMIT:.0f} s)")
    typer.echo(f"from make demo to the first prediction: {seconds:.1f} s (limit {SECONDS_LIMIT:.0f} s)")
    typer.echo(f"idle, {len(sizes)} processes, proportional set size: {total:.0f} MB (limit {MEGABYTES_LIMIT:.0f} MB)")
    sys.exit(seconds > SECONDS_LIMIT or longest > WAY_LIMIT or total > MEGABYTES_LIMIT)


def project_of_links(folder: Path) -> Layout:
    """A project with nothing in its `.telar/`, the code that of this one."""
    for name in LINKED:
        if (PROJECT / name).exists():
            (folder / name).symlink_to(PROJECT / name)
    return Layout(folder.resolve())


def free_ports() -> dict[str, str]:
    """A free port for each service, by its variable."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in PORTS]
    ports = {f"TELAR_{name}_PORT": str(probe.getsockname()[1]) for name, probe in zip(PORTS, probes, strict=True)}
    for probe in probes:
        probe.close()
    return ports


def first_prediction(layout: Layout, environment: dict[str, str]) -> float:
    """Seconds until the demo has printed its prediction; it ends right after that."""
    began = time.monotonic()
    telar(layout, environment, "demo")
    return time.monotonic() - began


def ways_without_fit(layout: Layout) -> list[float]:
    """For each batch that was trained on: seconds from its fetch to its record, less the fit of every candidate."""
    with contextlib.chdir(layout.project):
        options = open_platform(layout).options
    registry = RegistryHttp(MlflowSettings(url=f"http://127.0.0.1:{options.place.mlflow_port}"))
    with connected(options, "reader") as connection:
        found = connection.execute(WAYS).all()
    return [float(seconds) - fit_seconds(registry.metrics(run)) for run, seconds in found]


def fit_seconds(metrics: dict[str, float]) -> float:
    """The seconds of every candidate's search and fit."""
    return sum(value for name, value in metrics.items() if name.startswith("fit_seconds_"))


def telar(layout: Layout, environment: dict[str, str], command: str) -> None:
    """Run one command of the embedded platform, its output shown."""
    words = [sys.executable, "-m", "telar.embedded", command]
    subprocess.run(words, cwd=layout.project, env=environment, check=True)


if __name__ == "__main__":
    main()
