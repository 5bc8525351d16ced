"""Starts MLflow's server in a container, with users: `python -m services.mlflow.serve HOST PORT`.

The same as `mlflow server --app-name basic-auth`, in one process. No setting switches the users off; the embedded
platform, which is for one person on loopback, has `services.mlflow.start` instead.
"""

import os
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path

import uvicorn

from services.mlflow import start
from services.mlflow.settings import DatabaseSettings, ObjectStoreSettings, ServerSettings
from telar.domain.errors import ConfigurationError
from telar.settings import read

_QUIET = {
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_AI_GATEWAY": "false",
    # Each of MLflow's stores has a pool of its own, all within MySQL's limit of connections.
    "MLFLOW_SQLALCHEMYSTORE_POOL_SIZE": "5",
    "MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW": "5",
}


def main() -> None:
    """Serve until the process is told to end; exit with a message where a setting is missing or unusable."""
    host, port = sys.argv[1:]
    start.check_version()
    try:
        url = read(DatabaseSettings).mlflow_database_url.get_secret_value()
        objects, server = read(ObjectStoreSettings), read(ServerSettings)
    except ConfigurationError as error:
        sys.exit(str(error))
    fresh_folder()
    # Set here and not in the compose file, so that `docker inspect` shows no secret.
    os.environ |= start.environment(url, f"s3://{objects.bucket}") | _QUIET
    os.environ |= object_store_environment(objects) | guard_environment(server)
    # Imported late, since MLflow reads the environment while it is imported.
    from services.mlflow.application import application

    uvicorn.run(application(url), host=host, port=int(port), log_level="warning")


def fresh_folder() -> None:
    """Uploads and downloads pass through a folder whole; what a killed server left in it is not kept for ever."""
    folder = Path(tempfile.gettempdir()) / "telar-mlflow"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def guard_environment(server: ServerSettings) -> dict[str, str]:
    """The names that the server answers to, the pages that may write, and the key of its forms."""
    return {
        "MLFLOW_SERVER_ALLOWED_HOSTS": ",".join(server.hosts),
        "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": ",".join(map("://".join, product(("http", "https"), server.hosts))),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": server.mlflow_secret_key.get_secret_value(),
        "_MLFLOW_AUTH_ADMIN_BOOTSTRAPPED": "true",  # by `services.mlflow.install`
    }


def object_store_environment(objects: ObjectStoreSettings) -> dict[str, str]:
    """What boto3 reads. Checksums only where S3 asks for them: older servers refuse the others."""
    return {
        "MLFLOW_S3_ENDPOINT_URL": objects.url,
        "AWS_DEFAULT_REGION": objects.region,
        "AWS_ACCESS_KEY_ID": objects.access_key,
        "AWS_SECRET_ACCESS_KEY": objects.secret_key.get_secret_value(),
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
        "AWS_RETRY_MODE": "standard",
        "AWS_MAX_ATTEMPTS": "3",
    }


if __name__ == "__main__":
    main()
