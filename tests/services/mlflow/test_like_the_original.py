"""The server with users is started as `mlflow server --app-name basic-auth` of the pinned version would start it."""

import json
import os
import subprocess
import sys

from pydantic import SecretStr

from services.mlflow import serve, start
from services.mlflow.settings import ServerSettings

# What the original hands to uvicorn, printed instead of started.
ORIGINAL = """
import json, sys
from mlflow import server
from mlflow.tracing import trace_rollup_service
from mlflow.utils.server_cli_utils import resolve_default_artifact_root
trace_rollup_service.validate_sql_trace_rollup_startup = lambda _: None  # it would ask the database
server._bootstrap_basic_auth = lambda: None  # the same
class Shown(Exception):
    pass
def show(command, extra_env, **_):
    print(json.dumps({"command": command, "environment": extra_env}))
    raise Shown
server._exec_cmd = show
store = sys.argv[1]
try:
    server._run_server(
        file_store_path=store, registry_store_uri=store, artifacts_destination="s3://mlflows3", serve_artifacts=True,
        default_artifact_root=resolve_default_artifact_root(True, None, store), artifacts_only=False,
        host="127.0.0.1", port=1, workers=1, app_name="basic-auth",
    )
except Shown:
    pass
"""
STORE = "mysql+pymysql://u:p@127.0.0.1:1/mlflow"


def test_uvicorn_is_told_what_mlflow_server_tells_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ORIGINAL, STORE],
        env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_FLASK_SERVER_SECRET_KEY": "key"},
        capture_output=True,
        text=True,
        check=True,
    )
    original = json.loads(done.stdout.strip().splitlines()[-1])
    settings = ServerSettings(mlflow_secret_key=SecretStr("key"))
    ours = start.environment(STORE, "s3://mlflows3") | serve.guard_environment(settings)
    told = {name: ours.get(name) for name in original["environment"]}

    for environment in (told, original["environment"]):
        environment["_MLFLOW_SERVER_BOOT_ID"] = "any"
    assert told == original["environment"]
    assert original["command"][-2:] == ["--factory", "mlflow.server.auth:create_app"]
