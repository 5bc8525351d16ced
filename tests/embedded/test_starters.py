"""The starters of MLflow and of Airflow's scheduler do what the originals do, with less."""

import json
import os
import re
import subprocess
import sys

import pytest

from services.airflow.libraries import LIBRARIES
from services.mlflow import start
from tests.embedded.conftest import PROJECT

PROBE = """
import sys, threading
from importlib import import_module
from services.airflow.libraries import LIBRARIES
for library in LIBRARIES:
    import_module(library)
print(threading.active_count(), sorted(name for name in sys.modules if name.split(".")[0] in ("telar", "dags")))
"""
# What `mlflow server` of the pinned version hands to uvicorn, printed instead of started.
ORIGINAL = """
import json
from mlflow import server
from mlflow.utils.server_cli_utils import resolve_default_artifact_root
from mlflow.tracing import trace_rollup_service
trace_rollup_service.validate_sql_trace_rollup_startup = lambda _: None  # it would ask the database
class Shown(Exception):
    pass
def show(command, extra_env, **_):
    print(json.dumps({"command": command, "environment": extra_env}))
    raise Shown
server._exec_cmd = show
store = "postgresql+psycopg2://u:p@127.0.0.1:1/mlflow"
try:
    server._run_server(
        file_store_path=store, registry_store_uri=store, artifacts_destination="/a b", serve_artifacts=True,
        default_artifact_root=resolve_default_artifact_root(True, None, store), artifacts_only=False,
        host="127.0.0.1", port=1, workers=1,
    )
except Shown:
    pass
"""


def test_the_pin_of_mlflow_is_the_one_that_the_starter_knows() -> None:
    lock = (PROJECT / "requirements.lock").read_text()
    assert re.search(r"^mlflow==(.+)$", lock, re.MULTILINE).group(1) == start.VERSION  # type: ignore[union-attr]


def test_uvicorn_is_told_what_mlflow_server_tells_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ORIGINAL],
        env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        capture_output=True,
        text=True,
        check=True,
    )
    original = json.loads(done.stdout.strip().splitlines()[-1])
    ours = start.environment("postgresql+psycopg2://u:p@127.0.0.1:1/mlflow", "/a b")
    told = {name: ours.get(name) for name in original["environment"]}
    for environment in (told, original["environment"]):
        environment["_MLFLOW_SERVER_BOOT_ID"] = "any"
    assert told == original["environment"]
    assert "mlflow.server.fastapi_app:app" in original["command"]


@pytest.mark.skipif(sys.platform == "darwin", reason="only where LocalExecutor forks is anything imported before")
def test_importing_before_the_fork_starts_no_thread_and_takes_no_code_of_the_project() -> None:
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}
    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1 []"
    assert "mlflow" in LIBRARIES
