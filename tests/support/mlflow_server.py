"""A real MLflow server for the tests: uvicorn on a free port, tables in PostgreSQL, files below a folder."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.support.ports import free_port

START_SECONDS = 90.0


@contextmanager
def running_mlflow(database_url: str, folder: Path) -> Iterator[str]:
    """The URL of an MLflow server on ``database_url`` (an empty PostgreSQL database), until the block ends."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    program = [sys.executable, "-m", "uvicorn", "mlflow.server.fastapi_app:app"]
    with (folder / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(
            [*program, "--host", "127.0.0.1", "--port", str(port)],
            env={**os.environ, **_environment(database_url, folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(url, process, folder / "mlflow.log")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _environment(database_url: str, folder: Path) -> dict[str, str]:
    return {
        "_MLFLOW_SERVER_FILE_STORE": database_url,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": (folder / "mlartifacts").resolve().as_uri(),
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "_MLFLOW_SGI_NAME": "uvicorn",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the server answers from its database: the first request makes the tables."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answer = requests.get(f"{url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default", timeout=60)
            if answer.status_code == 200:
                return
        except requests.ConnectionError:
            pass
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(f"MLflow did not start within {START_SECONDS} s; its log ends with:\n{log.read_text()[-2000:]}")
