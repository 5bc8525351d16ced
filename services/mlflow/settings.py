"""What MLflow's server in a container is told: its tables, its object store, its users, and the names it answers to."""

from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from telar.database_url import database_url

PORT = 5000  # inside its container
ADMIN, PIPELINES, READER = "admin", "telar", "telar-reader"  # MLflow's users
_COMMON = SettingsConfigDict(
    frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True, validate_default=True
)
Password = Annotated[SecretStr, Field(min_length=12)]  # MLflow refuses a shorter one


class DatabaseSettings(BaseSettings):
    """Where MLflow's tables lie, those of its users too; ``mlflow_database_url`` is complete, for SQLAlchemy."""

    model_config = SettingsConfigDict(**_COMMON, env_prefix="TELAR_")

    mlflow_database_user: str = "mlflow"
    db_mlflow_password: SecretStr | None = None
    mlflow_database_url: SecretStr = SecretStr("mysql://mysql:3306/mlflow")

    @field_validator("mlflow_database_url")
    @classmethod
    def _complete(cls, url: SecretStr, others: ValidationInfo) -> SecretStr:
        password: SecretStr | None = others.data.get("db_mlflow_password")
        secret = password.get_secret_value() if password else None
        return SecretStr(database_url(url.get_secret_value(), others.data.get("mlflow_database_user"), secret))


class ObjectStoreSettings(BaseSettings):
    """The bucket that holds the artifacts, and the user who may work in it."""

    model_config = SettingsConfigDict(**_COMMON, env_prefix="TELAR_S3_")

    url: str = "http://minio:9000"
    bucket: str = "mlflows3"
    region: str = "us-east-1"
    access_key: str = "mlflow"
    secret_key: SecretStr


class UserSettings(BaseSettings):
    """The passwords of MLflow's users: people, pipelines, and what only reads."""

    model_config = SettingsConfigDict(**_COMMON, env_prefix="TELAR_MLFLOW_")

    admin_password: Password
    password: Password
    reader_password: Password


class ServerSettings(BaseSettings):
    """How the world calls the server; ``mlflow_allowed_hosts`` are those of reverse proxies, separated by commas."""

    model_config = SettingsConfigDict(**_COMMON, env_prefix="TELAR_")

    mlflow_secret_key: SecretStr
    public_host: str = "127.0.0.1"
    mlflow_port: int = 8084
    mlflow_allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("mlflow_allowed_hosts", mode="before")
    @classmethod
    def _split(cls, text: object) -> object:
        return tuple(host.strip() for host in text.split(",") if host.strip()) if isinstance(text, str) else text

    @field_validator("mlflow_allowed_hosts")
    @classmethod
    def _no_wildcard(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [host for host in hosts if "*" in host or "/" in host]:
            raise ValueError(f"{wrong[0]!r} is not a host: say HOST or HOST:PORT, as the browser shows it, without *")
        return hosts

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every Host header that the server answers to; anything else could be a page that a foreign name led here."""
        inside = [f"{name}:{PORT}" for name in ("mlflow", "localhost", "127.0.0.1")]
        outside = [f"{name}:{self.mlflow_port}" for name in ("localhost", "127.0.0.1", self.public_host)]
        return tuple(dict.fromkeys(host.lower() for host in (*inside, *outside, *self.mlflow_allowed_hosts)))
