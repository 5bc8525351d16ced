"""The secrets that an installation makes for itself, once: their names and how each is made. Standard library only."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path


def _word() -> str:
    return secrets.token_urlsafe(24)


def _long_word() -> str:
    return secrets.token_urlsafe(64)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


GENERATED: Mapping[str, Callable[[], str]] = {
    "TELAR_DB_ADMIN_PASSWORD": _word,
    "TELAR_DB_OWNER_PASSWORD": _word,
    "TELAR_DB_PIPELINE_PASSWORD": _word,
    "TELAR_DB_INFERENCE_PASSWORD": _word,
    "TELAR_DB_READER_PASSWORD": _word,
    "TELAR_DB_AIRFLOW_PASSWORD": _word,
    "TELAR_DB_MLFLOW_PASSWORD": _word,
    "TELAR_AIRFLOW_PASSWORD": _word,
    "TELAR_AIRFLOW_FERNET_KEY": _fernet_key,
    "TELAR_AIRFLOW_JWT_SECRET": _long_word,
    "TELAR_AIRFLOW_SECRET_KEY": _long_word,
    "TELAR_INFERENCE_RELOAD_KEY": _word,
}
# What only the containers have: MLflow with users, an object store, a broker, a notebook.
OF_CONTAINERS: Mapping[str, Callable[[], str]] = {
    **GENERATED,
    "TELAR_MLFLOW_ADMIN_PASSWORD": _word,
    "TELAR_MLFLOW_PASSWORD": _word,
    "TELAR_MLFLOW_READER_PASSWORD": _word,
    "TELAR_MLFLOW_SECRET_KEY": _long_word,
    "TELAR_MINIO_ROOT_PASSWORD": _word,
    "TELAR_S3_SECRET_KEY": _word,
    "TELAR_REDIS_PASSWORD": _word,
    "TELAR_NOTEBOOK_TOKEN": _word,
}
INSTALLED: Mapping[str, Callable[[], str]] = {"TELAR_START_DATE": _now}


def write_private(path: Path, text: str) -> None:
    """Write ``text`` so that no other user can read it at any moment, and a kill leaves the old file whole."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
