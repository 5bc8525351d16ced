"""A real Airflow is installed, logged in to, and asked how it is, while it is well and while it is not."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
import requests
from pydantic import SecretStr
from sqlalchemy import NullPool, create_engine, make_url, text

from services.airflow.install import NotInstalled, await_database
from tests.services.airflow.conftest import URL, Airflow, running_api_server
from tests.support.ports import free_port
from tests.support.spine import PROJECT

JOBS = {"scheduler": "SchedulerJob", "dag-processor": "DagProcessorJob", "triggerer": "TriggererJob"}
BEAT = (
    "INSERT INTO job (job_type, hostname, state, latest_heartbeat) "
    "VALUES (%s, %s, 'running', now() - %s * interval '1 second')"
)
MINUTE = 60


@pytest.fixture(scope="module")
def installed(airflow: Airflow) -> Airflow:
    """The tables, and `admin` with the password `first`."""
    airflow.install("first")
    return airflow


@pytest.fixture(scope="module")
def api_server(installed: Airflow) -> Iterator["subprocess.Popen[bytes]"]:
    with running_api_server(installed) as process:
        yield process


def login(airflow: Airflow, password: str) -> int:
    """The status of the answer to `admin` with that password."""
    body = {"username": "admin", "password": password}
    return requests.post(f"http://127.0.0.1:{airflow.port}/auth/token", json=body, timeout=30).status_code


def test_the_administrator_logs_in_with_the_password_of_the_last_install(
    installed: Airflow, api_server: "subprocess.Popen[bytes]"
) -> None:
    assert api_server.poll() is None
    assert (login(installed, "first"), login(installed, "second")) == (201, 401)
    installed.install("second")
    assert (login(installed, "first"), login(installed, "second")) == (401, 201)
    stored = stored_password(installed)
    installed.install("second")
    assert stored_password(installed) == stored, "the same password is not set anew, which would end every session"


def test_a_database_of_another_installation_is_told_with_the_two_ways_out(airflow: Airflow) -> None:
    url = make_url(airflow.environment[URL]).set(password="another one")
    with pytest.raises(NotInstalled, match=r"refuses the password of .env(.|\n)*\.env back, or(.|\n)*make destroy"):
        await_database(url.render_as_string(hide_password=False), time.monotonic() + MINUTE)


def test_a_database_that_does_not_answer_is_waited_for_and_then_told() -> None:
    with pytest.raises(NotInstalled, match=r"does not answer: .*Connection refused"):
        await_database(f"postgresql://u:p@127.0.0.1:{free_port()}/airflow", time.monotonic())


def test_the_api_server_is_unwell_while_its_database_is_away_and_when_it_is_gone(
    installed: Airflow, api_server: "subprocess.Popen[bytes]", postgres_server: SecretStr
) -> None:
    assert api_server.poll() is None
    until_well(installed)
    with closed_database(installed, postgres_server):
        assert "its database is unhealthy" in installed.healthy("api-server")
    until_well(installed)
    elsewhere = installed.telling(AIRFLOW__API__PORT=str(free_port()))
    assert "Connection refused" in elsewhere.healthy("api-server")


@pytest.mark.parametrize("name", JOBS)
def test_what_has_no_server_is_well_by_a_heartbeat_of_this_machine_in_the_last_half_minute(
    name: str, installed: Airflow
) -> None:
    job, here = JOBS[name], socket.gethostname()
    beat(installed, job, f"not-{here}", age=0)
    assert f"there is no {job} of {here}" in installed.healthy(name)
    beat(installed, job, here, age=MINUTE)
    assert f"the last heartbeat of {job} is 6" in installed.healthy(name)
    beat(installed, job, here, age=1)
    assert installed.healthy(name) == ""


def test_it_is_unwell_too_where_its_database_is_away(installed: Airflow, postgres_server: SecretStr) -> None:
    with closed_database(installed, postgres_server):
        assert "not currently accepting connections" in installed.healthy("scheduler")


def test_the_groomer_sweeps_at_once_is_well_by_its_heartbeat_and_ends_when_asked(airflow: Airflow) -> None:
    logs = airflow.folder / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "old.log").touch()
    os.utime(logs / "old.log", (0, 0))
    assert "FileNotFoundError" in airflow.healthy("logs")
    words = [sys.executable, "-m", "services.airflow.groom_logs"]
    with subprocess.Popen(words, cwd=PROJECT, env=airflow.environment, stderr=subprocess.PIPE, text=True) as groomer:
        heartbeat = airflow.folder / "telar-log-groomer"
        deadline = time.monotonic() + MINUTE
        while not heartbeat.exists():
            assert time.monotonic() < deadline, "no heartbeat within a minute"
        assert airflow.healthy("logs") == ""
        assert not (logs / "old.log").exists()
        groomer.send_signal(signal.SIGTERM)
        assert groomer.wait(10) == 0
    os.utime(heartbeat, (0, 0))
    assert "its last heartbeat is" in airflow.healthy("logs")


def until_well(airflow: Airflow) -> None:
    """Until the API server is; the first healthcheck of all may take long on a busy machine."""
    deadline = time.monotonic() + 2 * MINUTE
    while told := airflow.healthy("api-server"):
        assert time.monotonic() < deadline, told


def beat(airflow: Airflow, job: str, host: str, age: int) -> None:
    """A heartbeat of that machine, ``age`` seconds ago."""
    with psycopg2.connect(airflow.environment[URL]) as connection:
        connection.cursor().execute(BEAT, (job, host, age))


def stored_password(airflow: Airflow) -> str:
    """The administrator's hash."""
    with psycopg2.connect(airflow.environment[URL]) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT password FROM ab_user WHERE username = 'admin'")
        return str(cursor.fetchone())


@contextmanager
def closed_database(airflow: Airflow, admin_url: SecretStr) -> Iterator[None]:
    """Nobody gets a connection to Airflow's database until the block ends."""
    name = make_url(airflow.environment[URL]).database
    engine = create_engine(admin_url.get_secret_value(), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
        try:
            yield
        finally:
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
