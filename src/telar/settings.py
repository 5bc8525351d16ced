"""Every variable that Telar reads, one frozen class for each backing service; read at an entry point, passed in."""

import os
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from telar.database_url import database_url
from telar.domain.errors import ConfigurationError

SECRETS = Path("/run/secrets")  # where Compose and Kubernetes mount what must not stand in an environment


class _Settings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)


class WarehouseSettings(_Settings):
    """The warehouse by the role that this process may use; ``url`` is complete, for SQLAlchemy.

    ``user`` and ``password`` stand beside a URL that names none, so that one URL serves every role.
    """

    model_config = SettingsConfigDict(env_prefix="TELAR_WAREHOUSE_")

    user: str | None = None
    password: SecretStr | None = None
    url: SecretStr

    @field_validator("url")
    @classmethod
    def _complete(cls, url: SecretStr, others: ValidationInfo) -> SecretStr:
        password: SecretStr | None = others.data.get("password")
        secret = password.get_secret_value() if password else None
        return SecretStr(database_url(url.get_secret_value(), others.data.get("user"), secret))


class WarehouseOwnerSettings(WarehouseSettings):
    """The same by the owner's role, for `telar migrate` only."""

    model_config = SettingsConfigDict(env_prefix="TELAR_WAREHOUSE_OWNER_")


class MlflowSettings(_Settings):
    """MLflow; user and password where it asks for them."""

    model_config = SettingsConfigDict(env_prefix="TELAR_MLFLOW_")

    url: str = "http://127.0.0.1:8084"
    username: str | None = None
    password: SecretStr | None = None
    timeout_seconds: float = 30.0


class UseCaseSettings(_Settings):
    """Where use cases are found beside the built-in ones, and the one that unprefixed routes serve."""

    model_config = SettingsConfigDict(env_prefix="TELAR_")

    use_cases: Path | None = None
    default_use_case: str | None = None


class SourceSettings(_Settings):
    """The upstream data API and how this installation asks it.

    ``window_seconds`` overrides the use case's own; ``url`` may be an original's address (``prefixed`` false then).
    Published tables come from ``data_folder``, else UCI (or ``uci_url``); where ``kind`` is partitions, from ``url``.
    """

    model_config = SettingsConfigDict(env_prefix="TELAR_SOURCE_")

    kind: Literal["published", "partitions"] | None = None
    data_folder: Path | None = None
    download: bool = True
    uci_url: str | None = None
    url: str = "http://127.0.0.1:8088"
    prefixed: bool = True
    group_number: int = 1
    window_seconds: float | None = None
    timeout_seconds: float = 60.0


class DataApiSettings(_Settings):
    """Telar's own data API: where its rows and its state live, and what it overrides of a use case's source.

    ``preload`` makes every use case's rows ready at the start, else each at the first request for it. ``uci_url`` is a
    mirror of the UCI repository's API (https://archive.ics.uci.edu/api/dataset). At most ``sample_rows`` are generated.
    """

    model_config = SettingsConfigDict(env_prefix="TELAR_DATA_API_")

    data_folder: Path | None = None
    state_folder: Path = Path(".telar/data-api")
    preload: bool = True
    download: bool = True
    download_timeout_seconds: float = Field(default=20.0, gt=0)
    uci_url: str | None = None
    window_seconds: float | None = None
    batches: int | None = Field(default=None, ge=1)
    answer_rows: int | None = Field(default=None, ge=1)
    answer_share: float | None = Field(default=None, gt=0, le=1)
    sample_rows: int | None = Field(default=None, ge=1)


class PipelineSettings(_Settings):
    """How this installation runs its pipelines.

    ``schedule`` (cron) overrides the use case's own; ``manual`` is none at all. ``start_date`` is written at install;
    without it nothing is caught up. ``retry_seconds`` is the wait before a step's first new try; it doubles from there.
    """

    model_config = SettingsConfigDict(env_prefix="TELAR_")

    schedule: str | None = None
    start_date: str | None = None
    max_catchup: int = Field(default=10, ge=0)
    task_retries: int = Field(default=2, ge=1)
    retry_seconds: float = Field(default=10.0, gt=0)
    work_folder: Path = Path(".telar/work")
    training_jobs: int = Field(default=2, ge=1)


class InferenceSettings(_Settings):
    """The inference API; ``reload_key`` guards whatever changes its state."""

    model_config = SettingsConfigDict(env_prefix="TELAR_INFERENCE_")

    url: str = "http://127.0.0.1:8085"
    reload_key: SecretStr | None = None
    model_folder: Path = Path(".telar/models")
    watch_seconds: float = 5.0
    max_body_bytes: int = 2_000_000
    max_batch_records: int = 1_000


class PlaceSettings(_Settings):
    """Where the services listen; ``mlflow_public_url`` and ``data_api_public_url`` are where people open outer ones."""

    model_config = SettingsConfigDict(env_prefix="TELAR_")

    bind: str = "127.0.0.1"
    public_host: str = "127.0.0.1"
    postgres_port: int = 5432
    airflow_port: int = 8080
    adminer_port: int = 8081
    minio_console_port: int = 8083
    mlflow_port: int = 8084
    inference_port: int = 8085
    portal_port: int = 8086
    notebook_port: int = 8087
    data_api_port: int = 8088
    mlflow_public_url: str | None = None
    data_api_public_url: str | None = None


class PortalSettings(_Settings):
    """The portal's own: how it reaches the services that no other class names, and how long it waits for any.

    Of Airflow and the data API a URL left out is the port on loopback; of MinIO, Adminer and notebook: there is none.
    ``history_rows`` bounds each table of the history.
    """

    model_config = SettingsConfigDict(env_prefix="TELAR_PORTAL_")

    airflow_url: str | None = None
    data_api_url: str | None = None
    minio_url: str | None = None
    adminer_url: str | None = None
    notebook_url: str | None = None
    probe_seconds: float = 2.5
    request_seconds: float = 15.0
    refresh_seconds: float = 10.0
    history_rows: int = Field(default=200, ge=1)


_AnySettings = TypeVar("_AnySettings", bound=BaseSettings)


def read(settings: type[_AnySettings], secrets: Path = SECRETS) -> _AnySettings:
    """Those settings: each from its variable, else from the file of ``secrets`` named like it in lower case.

    Raises:
        ConfigurationError: one is missing or unusable; the text names each, and shows no value.
    """
    try:
        return settings(_secrets_dir=secrets if secrets.is_dir() else None)
    except SettingsError as error:
        raise ConfigurationError(
            f"{error}: {error.__cause__}; the files of {secrets} must be text that user {os.getuid()} may read"
        ) from error
    except ValidationError as error:
        prefix = str(settings.model_config.get("env_prefix", ""))
        told = [(each["loc"][0], each["msg"].removeprefix("Value error, ")) for each in error.errors()]
        wrong = [f"{prefix}{name}: ".upper() + rule for name, rule in told]
        raise ConfigurationError(f"{'; '.join(wrong)}. See .env.example for every variable.") from error
