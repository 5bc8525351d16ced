"""PostgreSQL from its wheel: as root or not, in a folder whose name holds a space, with a password for everyone."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from telar.domain.errors import ConfigurationError
from telar.embedded import postgres
from tests.support.ports import free_port


@pytest.fixture
def server(tmp_path: Path) -> postgres.Postgres:
    folder = tmp_path / "a folder"
    folder.mkdir()
    return postgres.Postgres(folder / "pg", free_port(), SecretStr("it's % \\ a secret"))


@pytest.fixture
def running(server: postgres.Postgres, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    postgres.initialise(server)
    process = postgres.start(server, tmp_path / "log")
    yield process
    postgres.stop(process)


@pytest.mark.usefixtures("running")
def test_it_answers_on_loopback_to_its_password_only(server: postgres.Postgres) -> None:
    assert postgres.ask(server, "SHOW listen_addresses") == "127.0.0.1"
    assert postgres.ask(server, "SHOW unix_socket_directories") == ""
    assert postgres.ask(server, "SHOW server_encoding") == "UTF8"

    guessed = postgres.Postgres(server.data, server.port, SecretStr("guess"))
    with pytest.raises(OperationalError, match="password authentication failed"):
        postgres.ask(guessed, "SELECT 1")


def test_a_folder_that_was_made_is_left_as_it_is(server: postgres.Postgres) -> None:
    assert postgres.initialise(server) is True
    assert postgres.initialise(server) is False
    assert sorted(each.name for each in server.data.parent.iterdir()) == ["pg"]
    assert server.data.stat().st_mode & 0o077 == 0


def test_what_a_killed_initialisation_left_is_no_obstacle(server: postgres.Postgres) -> None:
    left = server.data.with_name("pg.new")
    left.mkdir()
    (left / "half").touch()

    assert postgres.initialise(server) is True


def test_a_clean_stop_leaves_no_process(server: postgres.Postgres, running: subprocess.Popen[bytes]) -> None:
    postgres.stop(running)

    assert running.returncode == 0
    assert not (server.data / "postmaster.pid").exists()


def test_it_recovers_after_a_kill(server: postgres.Postgres, running: subprocess.Popen[bytes], tmp_path: Path) -> None:
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    await_end_of_group(running.pid)

    again = postgres.start(server, tmp_path / "log")

    assert postgres.ask(server, "SELECT 1") == 1
    postgres.stop(again)


def await_end_of_group(group: int, seconds: float = 20.0) -> None:
    """The server's children see that it died and end; until then they hold its shared memory, and no other starts."""
    deadline = time.monotonic() + seconds
    while any(_group(each) == group for each in psutil.process_iter(["status"])):
        assert time.monotonic() < deadline, f"processes of group {group} are left"
        time.sleep(0.05)


def _group(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid) if process.info["status"] != psutil.STATUS_ZOMBIE else None
    except ProcessLookupError:
        return None


@pytest.mark.usefixtures("running")
def test_a_taken_port_is_told_with_the_end_of_the_log(server: postgres.Postgres, tmp_path: Path) -> None:
    other = postgres.Postgres(tmp_path / "other", server.port, SecretStr("other"))
    postgres.initialise(other)

    with pytest.raises(ConfigurationError, match=rf"127\.0\.0\.1:{server.port} .*Address already in use"):
        postgres.start(other, tmp_path / "other.log")


def test_a_folder_of_another_version_is_refused(server: postgres.Postgres) -> None:
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("16\n")

    with pytest.raises(ConfigurationError, match="PostgreSQL 16, this is 18"):
        postgres.initialise(server)
