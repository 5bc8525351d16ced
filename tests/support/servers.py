"""Throw-away database servers for tests and benchmarks: PostgreSQL from its wheel, real MySQL from a container."""

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import URL, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from telar.embedded import postgres
from tests.support.parallel import locked
from tests.support.ports import free_port

MYSQL_URL_VARIABLE = "TELAR_TEST_MYSQL_URL"
MYSQL_IMAGE = "mysql:9.7"
MYSQL_START_SECONDS = 180.0
HOW_TO_MYSQL = (
    f"set {MYSQL_URL_VARIABLE}=mysql+pymysql://root:PASSWORD@HOST:PORT/ of a MySQL 8.4 or later that may be written "
    f"to, or start Docker (image {MYSQL_IMAGE})"
)


class NoMySql(Exception):
    """No MySQL at hand; the text says why."""


@contextmanager
def running_postgres(folder: Path, durable: bool = False) -> Iterator[SecretStr]:
    """A fresh PostgreSQL below ``folder``; yields its admin's URL. Not ``durable``: faster, lost with the machine."""
    fast = {} if durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    server = postgres.Postgres(folder / "pg", free_port(), SecretStr(secrets.token_urlsafe(12)), fast)
    postgres.initialise(server)
    process = postgres.start(server, folder / "postgres.log")
    try:
        yield server.url()
    finally:
        postgres.stop(process)


@contextmanager
def running_mysql(durable: bool = False) -> Iterator[SecretStr]:
    """The MySQL of TELAR_TEST_MYSQL_URL, else a container's; yields its admin's URL.

    Not ``durable``: the container keeps its data in memory and commits without waiting for a disk.

    Raises:
        NoMySql: neither is at hand, or it is not MySQL 8.4 or later.
    """
    if given := _given_mysql():
        yield given
        return
    container, url = _start_container(durable)
    try:
        _wait_for(url)
        yield SecretStr(url)
    finally:
        _docker("rm", "--force", "--volumes", container)


def shared_mysql(folder: Path) -> SecretStr:
    """The same for several processes: the first that asks starts the container, whose id is left in ``folder``.

    Raises:
        NoMySql: as `running_mysql` does.
    """
    if given := _given_mysql():
        return given
    kept = folder / "mysql.url"
    with locked(folder / "mysql.lock"):
        if not kept.exists():
            container, url = _start_container(durable=False)
            (folder / "mysql.container").write_text(container)
            _wait_for(url)
            kept.write_text(url)
    return SecretStr(kept.read_text())


def _given_mysql() -> SecretStr | None:
    given = os.environ.get(MYSQL_URL_VARIABLE)
    if not given:
        return None
    _refuse_what_is_not_mysql(_answer(given))
    return SecretStr(given)


def _start_container(durable: bool) -> tuple[str, str]:
    if not shutil.which("docker"):
        raise NoMySql("there is no docker command")
    password = secrets.token_urlsafe(12)
    container = _docker(
        *("run", "--detach", "--rm", "--label", "telar.test", *([] if durable else ["--tmpfs", "/var/lib/mysql"])),
        *("--publish", "127.0.0.1:0:3306", "--env", f"MYSQL_ROOT_PASSWORD={password}", MYSQL_IMAGE),
        *("--local-infile=1", "--disable-log-bin", "--performance-schema=OFF"),
        *([] if durable else ["--innodb-flush-log-at-trx-commit=0"]),
    )
    port = int(_docker("port", container, "3306/tcp").splitlines()[0].rsplit(":", 1)[1])
    url = URL.create("mysql+pymysql", "root", password, "127.0.0.1", port)
    return container, url.render_as_string(hide_password=False)


def _docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        raise NoMySql(f"docker {words[0]} failed: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout.strip()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + MYSQL_START_SECONDS
    while True:
        try:
            _refuse_what_is_not_mysql(_answer(url))
            return
        except OperationalError as error:
            if time.monotonic() > deadline:
                raise NoMySql(f"MySQL did not answer within {MYSQL_START_SECONDS:.0f} s: {error}") from error
        time.sleep(0.2)


def _answer(url: str) -> str:
    engine = create_engine(make_url(url), poolclass=NullPool, connect_args={"connect_timeout": 2})
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT CONCAT(VERSION(), ' ', @@version_comment)")).scalar())


def _refuse_what_is_not_mysql(version: str) -> None:
    numbers = tuple(int(part) for part in version.split("-")[0].split()[0].split(".")[:2])
    if "mariadb" in version.lower() or numbers < (8, 4):
        raise NoMySql(f"the server is {version}, and the tests need MySQL 8.4 or later")
