"""Starts MLflow's server in one process: `python -m services.mlflow.start HOST PORT`.

`mlflow server` keeps a parent that only starts uvicorn: 430 MB and 12 s, against 240 MB and 3 s here. The variables
that the parent hands to uvicorn are private, so this works with one exact version, which a test compares with the lock.
"""

import os
import sys
import uuid

import mlflow
import uvicorn

VERSION = "3.17.2"


def environment(store: str, artifacts: str) -> dict[str, str]:
    """What `mlflow server` of that version would hand to uvicorn, artifacts served by itself."""
    return {
        "_MLFLOW_SERVER_FILE_STORE": store,
        "_MLFLOW_SERVER_REGISTRY_STORE": store,
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": artifacts,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_BOOT_ID": uuid.uuid4().hex,
        "_MLFLOW_IN_JOB_EXECUTOR": "false",
        "_MLFLOW_SGI_NAME": "uvicorn",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }


def check_version() -> None:
    """Exit with a message when another MLflow is installed."""
    if mlflow.__version__ != VERSION:
        raise SystemExit(
            f"MLflow {mlflow.__version__} is installed, this starter knows {VERSION}: install requirements.lock,"
            " or compare `mlflow.server._run_server` and change VERSION"
        )


def main() -> None:
    """Serve until the process is told to end; MLFLOW_BACKEND_STORE_URI and MLFLOW_ARTIFACTS_DESTINATION say what."""
    check_version()
    host, port = sys.argv[1:]
    os.environ |= environment(os.environ["MLFLOW_BACKEND_STORE_URI"], os.environ["MLFLOW_ARTIFACTS_DESTINATION"])
    uvicorn.run("mlflow.server.fastapi_app:app", host=host, port=int(port), workers=1, log_level="warning")


if __name__ == "__main__":
    main()
