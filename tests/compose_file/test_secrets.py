"""Secrets are files that only those read who need them; none stands where `docker inspect` or `docker top` shows it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.compose_file.installation import secrets_of
from tests.compose_file.rendered import Rendered

ROLES = {"postgres-roles", "mysql-roles"}
AIRFLOW = {"airflow-migrate", "airflow-api-server", "airflow-dag-processor", "airflow-triggerer"}
TASKS = {"airflow-scheduler", "airflow-worker"}
READERS: Mapping[str, set[str]] = {
    "db_admin_password": {"postgres", "mysql", *ROLES},
    "db_owner_password": {*ROLES, "warehouse-migrate"},
    "db_pipeline_password": {*ROLES, *TASKS},
    "db_inference_password": {*ROLES, "inference"},
    "db_reader_password": {*ROLES, "portal"},
    "db_airflow_password": {"postgres-roles", *AIRFLOW, *TASKS},
    "db_mlflow_password": {"mysql-roles", "mlflow-migrate", "mlflow"},
    "airflow_password": {"airflow-migrate"},
    "airflow_fernet_key": {*AIRFLOW, *TASKS},
    "airflow_jwt_secret": {*AIRFLOW, *TASKS},
    "airflow_secret_key": {*AIRFLOW, *TASKS},
    "mlflow_admin_password": {"mlflow-migrate"},
    "mlflow_password": {"mlflow-migrate", *TASKS},
    "mlflow_reader_password": {"mlflow-migrate", "mlflow", "inference", "portal", "notebook"},
    "mlflow_secret_key": {"mlflow"},
    "minio_root_password": {"minio", "minio-bucket"},
    "s3_secret_key": {"minio-bucket", "mlflow"},
    "redis_password": {"redis", *TASKS, "airflow-api-server"},  # whose executor reads a running task's log
    "inference_reload_key": {"inference", "portal"},
    "notebook_token": {"notebook"},
}


def test_no_secret_of_env_stands_in_the_rendered_file(rendered: Rendered, folder: Path) -> None:
    secrets = secrets_of(folder)
    assert set(secrets) == {f"TELAR_{name.upper()}" for name in READERS}
    assert [name for name, value in secrets.items() if value in rendered.text] == []


@pytest.mark.parametrize("secret", READERS)
def test_a_secret_is_read_only_by_those_who_need_it(rendered: Rendered, secret: str) -> None:
    assert {name for name in rendered.services if secret in rendered.secrets(name)} == READERS[secret]


def test_every_secret_is_a_file_of_the_installation(rendered: Rendered, folder: Path) -> None:
    for name, told in rendered.model["secrets"].items():
        assert set(told) <= {"name", "file"}, f"{name} comes from {told}: a read-only service can take files only"
        assert Path(told["file"]).is_relative_to(folder), f"{name} is outside the installation: {told['file']}"


def test_every_secret_file_is_written_by_make_env(rendered: Rendered) -> None:
    absent = [told["file"] for told in rendered.model["secrets"].values() if not Path(told["file"]).is_file()]
    assert absent == []
