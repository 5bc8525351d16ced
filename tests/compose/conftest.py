"""Projects to run the commands in; a Docker engine where there is one, and a last line where there is none."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

from tests.compose.place import Place, make_place
from tests.support.parallel import say_last
from tests.support.ports import free_port

ASKED = "TELAR_TEST_COMPOSE"
HOW_TO = "start Docker"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A project that nothing was written into yet, in a folder with a space."""
    return make_place(tmp_path / "a project", f"telar-test-{token_hex(4)}")


@pytest.fixture
def installed(place: Place) -> Place:
    """The same after `make env`."""
    assert place.run("env").returncode == 0
    return place


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The version of a Docker engine that answers; skips where there is none, unless it was asked for."""
    words = ["docker", "version", "--format", "{{.Server.Version}}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False) if shutil.which("docker") else None
    if done is None or done.returncode != 0:
        reason = "no docker command" if done is None else f"no Docker engine answers: {done.stderr.strip()[-200:]}"
        if os.environ.get(ASKED) == "1":
            pytest.fail(f"{ASKED}=1, and there is {reason}", pytrace=False)
        say_last(
            request.config, f"The tests of make up, down and destroy were NOT run ({reason}). To run them: {HOW_TO}."
        )
        pytest.skip(reason)
    return done.stdout.strip()


@pytest.fixture
def on_docker(engine: str, place: Place) -> Iterator[Place]:
    """A project with free ports and limits that this machine meets, removed from Docker afterwards."""
    assert engine
    place.settings(TELAR_PORTAL_PORT=free_port(), TELAR_DATA_API_PORT=free_port(), TELAR_MEMORY_MB=1, TELAR_DISK_MB=1)
    yield place
    place.remove()
