"""Docker away, forbidden, too old or incomplete: each with its own fix.

The engine of this machine is asked where it can be made to answer so; a program that talks like an old one stands in
for versions that no machine of ours has.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.compose.place import Place

INFO = '{"ServerVersion": "28.5.2", "NCPU": 4, "MemTotal": 16000000000, "Name": "elsewhere", "DockerRootDir": "/"}'
DENIED = (
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
    "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock",
)


def fake(
    folder: Path, *, info: str = INFO, compose: str = "echo 2.40.3", buildx: str = "echo 0.29", fails: str = ""
) -> str:
    """A PATH with a `docker` that answers so; ``fails`` is what `docker info` says when it ends badly."""
    folder.mkdir()
    told = f"echo '{fails}' >&2; exit 1" if fails else f"echo '{info}'"
    cases = f'"compose version") {compose};; "info --format") {told};; "buildx version") {buildx};;'
    config = '{"name": "telar", "services": {}}'
    program = folder / "docker"
    program.write_text(f'#!/bin/sh\ncase "$1 $2" in {cases} "compose config") echo \'{config}\';; *) :;; esac\n')
    program.chmod(0o755)
    return f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"


def check(place: Place, path: str, **variables: str) -> str:
    """What stands in the way, none of it a trace."""
    done = place.run("preflight", PATH=path, **variables)
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_docker_that_is_new_enough_is_well(installed: Place, tmp_path: Path) -> None:
    assert check(installed, fake(tmp_path / "bin")) == ""


def test_no_docker_at_all_says_what_to_install(installed: Place, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    told = check(installed, str(tmp_path / "empty"))
    assert "there is no `docker` command" in told
    assert "https://docs.docker.com/engine/install/" in told


@pytest.mark.usefixtures("engine")
def test_a_daemon_that_does_not_answer_is_told_with_its_address(installed: Place) -> None:
    told = check(installed, os.environ["PATH"], DOCKER_HOST="tcp://127.0.0.1:1")
    assert "the Docker daemon does not answer" in told
    assert "tcp://127.0.0.1:1" in told
    assert "sudo systemctl start docker" in told


@pytest.mark.parametrize("said", DENIED)
def test_a_daemon_that_this_user_may_not_ask_has_a_fix_of_its_own(installed: Place, tmp_path: Path, said: str) -> None:
    told = check(installed, fake(tmp_path / "bin", fails=said))
    assert "you may not talk to the Docker daemon" in told
    assert 'sudo usermod -aG docker "$USER"' in told
    assert "systemctl" not in told


@pytest.mark.usefixtures("engine")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can ask the engine as somebody who may not")
def test_the_real_client_of_a_user_who_may_not_is_understood(installed: Place, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "docker"
    options = "--reuid=65534 --regid=65534 --clear-groups env HOME=/tmp"
    program.write_text(f'#!/bin/sh\nexec setpriv {options} {shutil.which("docker")} "$@"\n')
    program.chmod(0o755)
    told = check(installed, f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert "you may not talk to the Docker daemon (permission denied" in told


@pytest.mark.parametrize("version", ["24.0.9", "20.10.24+dfsg1", ""])
def test_an_engine_that_is_too_old_is_named_by_its_version(installed: Place, tmp_path: Path, version: str) -> None:
    told = check(installed, fake(tmp_path / "bin", info=INFO.replace("28.5.2", version)))
    assert f"Docker Engine is {version or 'of no known version'}, and the oldest that will do is 25" in told


@pytest.mark.parametrize("version", ["2.24.3", "v2.20.2", "1.29.2", "2.24.0-desktop.1"])
def test_a_compose_that_is_too_old_is_named_by_its_version(installed: Place, tmp_path: Path, version: str) -> None:
    told = check(installed, fake(tmp_path / "bin", compose=f"echo {version}"))
    assert f"Docker Compose is {version}, and the oldest that will do is 2.24.4" in told
    assert "docker-compose-plugin" in told


@pytest.mark.parametrize("version", ["2.24.4", "v2.24.10", "2.40.3-3", "5.0.1"])
def test_a_compose_that_is_new_enough_is_well(installed: Place, tmp_path: Path, version: str) -> None:
    assert check(installed, fake(tmp_path / "bin", compose=f"echo {version}")) == ""


def test_missing_plugins_are_all_named(installed: Place, tmp_path: Path) -> None:
    told = check(installed, fake(tmp_path / "bin", compose="exit 1", buildx="exit 1"))
    assert "docker-compose-plugin" in told
    assert "docker-buildx-plugin" in told


def test_docker_on_another_machine_is_told_instead_of_checking_this_one(installed: Place, tmp_path: Path) -> None:
    done = installed.run("preflight", PATH=fake(tmp_path / "bin"))
    assert "Docker runs on another machine (elsewhere)" in done.stdout


def test_too_few_cpus_and_too_little_memory_are_told_with_both_figures(installed: Place, tmp_path: Path) -> None:
    small = INFO.replace('"NCPU": 4', '"NCPU": 1').replace("16000000000", "2147483648")
    told = check(installed, fake(tmp_path / "bin", info=small))
    assert "has 1 CPU, and the least is 2" in told
    assert "has 2048 MB of memory, and the least is 4000 MB" in told
    overruled = {"TELAR_CPUS": "1", "TELAR_MEMORY_MB": "2048"}
    assert check(installed, f"{tmp_path / 'bin'}{os.pathsep}/usr/bin", **overruled) == ""
