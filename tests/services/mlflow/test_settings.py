"""The names that MLflow answers to are those under which it is reached, and no other."""

import pytest
from pydantic import SecretStr, ValidationError

from services.mlflow.serve import guard_environment
from services.mlflow.settings import ServerSettings

KEY = SecretStr("key")


def test_it_answers_to_its_service_to_loopback_and_to_its_public_name() -> None:
    settings = ServerSettings(mlflow_secret_key=KEY, public_host="VM.example", mlflow_port=18084)

    assert settings.hosts == (
        *("mlflow:5000", "localhost:5000", "127.0.0.1:5000"),
        *("localhost:18084", "127.0.0.1:18084", "vm.example:18084"),
    )


def test_a_reverse_proxy_adds_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELAR_MLFLOW_ALLOWED_HOSTS", " mlflow.example, mlflow.example:8443,")

    told = guard_environment(ServerSettings(mlflow_secret_key=KEY))

    assert told["MLFLOW_SERVER_ALLOWED_HOSTS"].endswith(",mlflow.example,mlflow.example:8443")
    assert "https://mlflow.example" in told["MLFLOW_SERVER_CORS_ALLOWED_ORIGINS"].split(",")


@pytest.mark.parametrize("host", ["*", "*.example", "http://mlflow.example"])
def test_a_pattern_or_an_address_is_no_host(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELAR_MLFLOW_ALLOWED_HOSTS", host)

    with pytest.raises(ValidationError, match="say HOST or HOST:PORT"):
        ServerSettings(mlflow_secret_key=KEY)
