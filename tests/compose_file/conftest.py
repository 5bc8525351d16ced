"""The rendered file, where a docker client can render it; where none can, the last line of the run says so."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.compose_file.installation import write_env
from tests.compose_file.rendered import Rendered, render
from tests.support.parallel import say_last

ASKED = "TELAR_TEST_COMPOSE"
HOW_TO = "install Docker's client with Compose 2.24 or later (a running engine is not needed)"
BIND = "192.0.2.7"


@pytest.fixture(scope="session")
def compose_client(request: pytest.FixtureRequest) -> str:
    """The version of Compose; skips where there is none, unless it was asked for."""
    done = None
    if shutil.which("docker"):
        done = subprocess.run(["docker", "compose", "version"], capture_output=True, text=True, check=False)
    if done is None or done.returncode != 0:
        reason = "no docker client" if done is None else f"`docker compose` fails: {done.stderr.strip()[-200:]}"
        if os.environ.get(ASKED) == "1":
            pytest.fail(f"{ASKED}=1, and there is {reason}: {HOW_TO}", pytrace=False)
        say_last(request.config, f"The tests of the compose file were NOT run ({reason}). To run them: {HOW_TO}.")
        pytest.skip(f"the compose file cannot be rendered: {reason}")
    return done.stdout.strip()


@pytest.fixture(scope="session")
def folder(compose_client: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation's folder: `.env` as it is made there, with secrets of its own."""
    assert compose_client
    made = tmp_path_factory.mktemp("an installation")
    write_env(made)
    return made


@pytest.fixture(scope="session")
def rendered(folder: Path) -> Rendered:
    """The compose file of that installation, open to others at the address BIND."""
    return render(folder, TELAR_BIND=BIND)
