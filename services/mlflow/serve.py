"""Starts MLflow's server in a container, with users: `python -m services.mlflow.serve HOST PORT`.

The same as `mlflow server --app-name basic-auth`, in one process. There is no way to switch the users off; the embedded
platform, which is for one person on loopback, has `services.mlflow.start` instead.
"""

import configparser
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import uvicorn

from services.mlflow import start
from services.mlflow.settings import DatabaseSettings, ObjectStoreSettings, ServerSettings
from telar.domain.errors import ConfigurationError
from telar.settings import read

LOGIN_SECONDS = 60  # how long a password that was right is not computed again
_QUIET = {
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # Each of MLflow's three stores has a pool: within MySQL's limit of connections.
    "MLFLOW_SQLALCHEMYSTORE_POOL_SIZE": "5",
    "MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW": "5",
}


def main() -> None:
    """Serve until the process is told to end; exit with a message where a setting is missing or unusable."""
    host, port = sys.argv[1:]
    try:
        start.check_version()
        url = read(DatabaseSettings).mlflow_database_url.get_secret_value()
        objects, server = read(ObjectStoreSettings), read(ServerSettings)
    except ConfigurationError as error:
        sys.exit(str(error))
    # Set here and not in the compose file, so that `docker inspect` shows no secret.
    os.environ |= start.environment(url, f"s3://{objects.bucket}")
    os.environ |= {**_QUIET, **object_store_environment(objects), **guard_environment(server)}
    uvicorn.run(application(url), host=host, port=int(port), log_level="warning")


def application(url: str) -> Any:  # noqa: ANN401
    """MLflow's application with users; MLflow reads a file of settings once, while it is imported."""
    with tempfile.NamedTemporaryFile("w", suffix=".ini", encoding="utf-8") as file:  # mode 600
        auth_settings(url).write(file)
        file.flush()
        os.environ["MLFLOW_AUTH_CONFIG_PATH"] = str(Path(file.name))
        auth = import_module("mlflow.server.auth")
    return auth.create_app()


def auth_settings(url: str) -> configparser.ConfigParser:
    """MLflow's `basic_auth.ini`: whoever is logged in may read."""
    settings = configparser.ConfigParser(interpolation=None)
    settings["mlflow"] = {
        "default_permission": "READ",
        "database_uri": url.replace("%", "%%"),  # MLflow interpolates what it reads
        "admin_username": "admin",
        "authorization_function": "services.mlflow.logins:authenticate",
        "auth_cache_ttl_seconds": str(LOGIN_SECONDS),
    }
    return settings


def guard_environment(server: ServerSettings) -> dict[str, str]:
    """The names that the server answers to, the pages that may write, and the key of its forms."""
    return {
        "MLFLOW_SERVER_ALLOWED_HOSTS": ",".join(server.hosts),
        "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": ",".join(f"{s}://{host}" for host in server.hosts for s in _SCHEMES),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": server.mlflow_secret_key.get_secret_value(),
        "_MLFLOW_AUTH_ADMIN_BOOTSTRAPPED": "true",  # `services.mlflow.install` did
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


_SCHEMES = ("http", "https")

if __name__ == "__main__":
    main()
