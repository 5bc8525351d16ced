"""How Telar's processes talk to MLflow: quietly, with few retries, and with Telar's errors."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from telar.domain.errors import RegistryError, RegistryUnavailable
from telar.settings import MlflowSettings

_QUIET = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_JITTER": "0",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    # Files through MLflow, whatever it offers: its object store need not be within reach.
    "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "false",
    "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "false",
}
_AWAY = ("INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE", "RESOURCE_EXHAUSTED")


def connect(settings: MlflowSettings) -> MlflowClient:
    """A client of that server; asks nothing yet.

    MLflow takes user, password and time-outs from the process environment only, so they are put there.
    """
    os.environ.update(_QUIET)
    os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = str(max(1, round(settings.timeout_seconds)))
    if settings.username and settings.password:
        os.environ["MLFLOW_TRACKING_USERNAME"] = settings.username
        os.environ["MLFLOW_TRACKING_PASSWORD"] = settings.password.get_secret_value()
    return MlflowClient(tracking_uri=settings.url, registry_uri=settings.url)


@contextmanager
def asking(settings: MlflowSettings, what: str) -> Iterator[None]:
    """Runs requests to MLflow; ``what`` completes the sentence "MLflow was asked to ...".

    Raises:
        RegistryUnavailable: no answer or a 5xx.
        RegistryError: MLflow refused.
    """
    try:
        yield
    except (MlflowException, requests.RequestException) as error:
        refused = isinstance(error, MlflowException) and error.error_code not in _AWAY
        if refused:
            raise RegistryError(f"MLflow at {settings.url} was asked to {what} and refused: {error}") from error
        raise RegistryUnavailable(
            f"MLflow at {settings.url} was asked to {what} and does not answer; is it running, and is "
            f"TELAR_MLFLOW_URL right? ({error})"
        ) from error
