"""The command line as a person calls it, on real services."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from telar.cli import app
from tests.support.spine import Spine, running_spine, variant

Telar = Callable[..., Result]


@pytest.fixture(scope="module")
def spine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spine]:
    """Warehouse, data API and MLflow with one use case of four batches, and a file that cannot be loaded."""
    folder = tmp_path_factory.mktemp("use_cases")
    variant(folder, "by_hand")
    (folder / "half_written.py").write_text("USE_CASE = UseCase(\n")
    # `telar doctor` asks for the rows of all use cases.
    with running_spine(tmp_path_factory.mktemp("spine"), folder, TELAR_DATA_API_PRELOAD="true") as running:
        yield running


@pytest.fixture
def telar(spine: Spine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Telar:
    """``telar(*words)`` calls the command line on the spine; what it prints is wide enough for its tables."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner(env={**spine.environment, "TELAR_SOURCE_DOWNLOAD": "false", "COLUMNS": "250", "NO_COLOR": "1"})
    return lambda *words: runner.invoke(app, list(words))
