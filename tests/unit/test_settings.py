"""Settings come from variables or from secret files, and an error names the variable but shows no value."""

import os
import traceback
from pathlib import Path

import pytest

from telar.domain.errors import ConfigurationError
from telar.settings import InferenceSettings, MlflowSettings, WarehouseOwnerSettings, WarehouseSettings, read

URL = "postgresql://db.example:5432/batches_db"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own."""
    for name in list(os.environ):
        if name.startswith("TELAR_"):
            monkeypatch.delenv(name)


def test_every_secret_may_be_a_file_with_or_without_a_last_newline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {
        "telar_warehouse_password": "pipe/line\n",
        "telar_warehouse_owner_password": "own@er",
        "telar_mlflow_password": "tracking\r\n",
        "telar_inference_reload_key": "reload",
    }.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("TELAR_WAREHOUSE_URL", URL)
    monkeypatch.setenv("TELAR_WAREHOUSE_USER", "batchuser")
    monkeypatch.setenv("TELAR_WAREHOUSE_OWNER_URL", "mysql://mysql:3306/OPS")
    monkeypatch.setenv("TELAR_WAREHOUSE_OWNER_USER", "telar")

    warehouse, owner = read(WarehouseSettings, tmp_path), read(WarehouseOwnerSettings, tmp_path)
    mlflow, inference = read(MlflowSettings, tmp_path), read(InferenceSettings, tmp_path)
    assert mlflow.password is not None
    assert inference.reload_key is not None
    assert [each.get_secret_value() for each in (warehouse.url, owner.url, mlflow.password, inference.reload_key)] == [
        "postgresql+psycopg2://batchuser:pipe%2Fline@db.example:5432/batches_db",
        "mysql+pymysql://telar:own%40er@mysql:3306/OPS",
        "tracking",
        "reload",
    ]


def test_a_variable_wins_over_a_file_and_an_empty_one_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "telar_mlflow_password").write_text("of the file")
    monkeypatch.setenv("TELAR_MLFLOW_PASSWORD", "")
    kept = read(MlflowSettings, tmp_path).password
    monkeypatch.setenv("TELAR_MLFLOW_PASSWORD", "of the variable")
    given = read(MlflowSettings, tmp_path).password
    assert kept is not None
    assert given is not None
    assert (kept.get_secret_value(), given.get_secret_value()) == ("of the file", "of the variable")


def test_without_a_folder_of_secrets_the_variables_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELAR_WAREHOUSE_URL", "postgresql+psycopg2://u:p@h/db")
    assert read(WarehouseSettings, tmp_path / "none").url.get_secret_value() == "postgresql+psycopg2://u:p@h/db"


def test_an_empty_secret_file_is_a_missing_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "telar_warehouse_password").write_text("\n")
    monkeypatch.setenv("TELAR_WAREHOUSE_URL", URL)
    monkeypatch.setenv("TELAR_WAREHOUSE_USER", "batchuser")
    with pytest.raises(ConfigurationError, match="TELAR_WAREHOUSE_URL: it names no password"):
        read(WarehouseSettings, tmp_path)


def test_a_secret_file_that_cannot_be_read_names_setting_folder_and_user(tmp_path: Path) -> None:
    (tmp_path / "telar_mlflow_password").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=rf'"password".* of {tmp_path} must be text that user {os.getuid()}'):
        read(MlflowSettings, tmp_path)


def test_a_missing_url_of_the_owner_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^TELAR_WAREHOUSE_OWNER_URL: Field required\. See \.env\.example"):
        read(WarehouseOwnerSettings, tmp_path)


def test_not_even_the_whole_traceback_shows_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELAR_WAREHOUSE_URL", "oracle://u:s3cret@h/db")
    with pytest.raises(ConfigurationError, match=r"TELAR_WAREHOUSE_URL: it begins with oracle://") as caught:
        read(WarehouseSettings, tmp_path)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
