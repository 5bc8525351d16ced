"""What a killed server left of an upload is gone when the next one starts, and nothing else is."""

import os
import tempfile
from pathlib import Path

import pytest

from services.mlflow.serve import fresh_folder


def test_what_a_killed_server_left_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    fresh_folder()
    with tempfile.NamedTemporaryFile(delete=False) as half:
        half.write(b"half an upload")
    (tmp_path / "somebody's").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    fresh_folder()

    assert not Path(half.name).exists()
    assert (tmp_path / "somebody's").exists()
    assert tempfile.gettempdir() == os.environ["TMPDIR"] == str(Path(half.name).parent)
