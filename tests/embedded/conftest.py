"""A project of its own for each test: everything of the platform's below a folder whose name is meant to hurt."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from telar.embedded import session
from telar.embedded.layout import Layout
from telar.embedded.supervisor import Supervisor

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Layout]:
    """An empty project in a deep folder with a space, a percent and a comment sign; its processes end with the test."""
    project = tmp_path / "a space %h ; and so on" / ("deep" * 20)
    project.mkdir(parents=True)
    (project / ".env.example").write_text((PROJECT / ".env.example").read_text())
    (project / "requirements.lock").touch()
    monkeypatch.chdir(project)
    made = Layout(project)
    made.make()
    yield made
    if Supervisor(made).running():
        Supervisor(made).shutdown()
    session.sweep(made, patience=0.5)
