"""Prints a secret, or a URL with the login put into it, for Airflow's `..._CMD` settings: no environment holds either.

Airflow runs `python3 -IS .../secret_url.py metadata` whenever it reads such a setting, so this takes 20 ms: standard
library only, nothing of telar. The output has no last newline, since Airflow would take it for a part of the value.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

SECRETS = Path("/run/secrets")
DATABASE = "postgresql://postgres:5432/airflow"
DRIVERS = ("postgresql", "postgresql+psycopg2")
BROKER = "redis:6379/0"
USAGE = "say one of: secret NAME, database, metadata, results, broker"


class NoSecret(Exception):
    """A secret or a URL cannot be had; the text says what to do, and holds nothing secret."""


def secret(name: str, folder: Path = SECRETS) -> str:
    """The text of one secret, without a last newline.

    Raises:
        NoSecret: there is no such file, it may not be read, or it is empty.
    """
    try:
        text = (folder / name).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        fix = "`make env` writes it, docker-compose.yaml mounts it"
        raise NoSecret(f"{folder / name}: {error.strerror}; {fix}") from error
    if not text:
        raise NoSecret(f"{folder / name} is empty; `make env` writes it anew from .env")
    return text


def database_url(environment: Mapping[str, str], folder: Path = SECRETS) -> str:
    """``postgresql://USER:PASSWORD@...`` of Airflow's own tables, as libpq and psycopg2 take it.

    A user or a password that TELAR_AIRFLOW_DATABASE_URL holds already is left as it is.

    Raises:
        NoSecret: TELAR_AIRFLOW_DATABASE_URL is no PostgreSQL URL with a host, or the password's file cannot be read.
    """
    parts = urlsplit(environment.get("TELAR_AIRFLOW_DATABASE_URL") or DATABASE)
    login, _, place = parts.netloc.rpartition("@")
    if parts.scheme not in DRIVERS or not place or parts.path in ("", "/"):
        raise NoSecret(
            f"TELAR_AIRFLOW_DATABASE_URL is {parts.scheme}://{place}{parts.path}, and Airflow's tables lie in "
            f"PostgreSQL: say it as {DATABASE}"
        )
    user, _, password = login.partition(":")
    user = user or "airflow"
    password = password or quote(secret("telar_db_airflow_password", folder), safe="")
    return parts._replace(scheme="postgresql", netloc=f"{user}:{password}@{place}").geturl()


def metadata(environment: Mapping[str, str], folder: Path = SECRETS) -> str:
    """Airflow's sql_alchemy_conn."""
    return database_url(environment, folder).replace("postgresql:", "postgresql+psycopg2:", 1)


def results(environment: Mapping[str, str], folder: Path = SECRETS) -> str:
    """Celery's result_backend: the same database."""
    return f"db+{metadata(environment, folder)}"


def broker(_: Mapping[str, str], folder: Path = SECRETS) -> str:
    """Celery's broker_url."""
    return f"redis://:{quote(secret('telar_redis_password', folder), safe='')}@{BROKER}"


URLS: Mapping[str, Callable[[Mapping[str, str], Path], str]] = {
    "database": database_url,
    "metadata": metadata,
    "results": results,
    "broker": broker,
}


def main(words: list[str], folder: Path = SECRETS) -> None:
    """Print what ``words`` ask for; exit with 1 and a line on stderr where it cannot be had."""
    try:
        match words:
            case ["secret", name]:
                sys.stdout.write(secret(name, folder))
            case [name] if name in URLS:
                sys.stdout.write(URLS[name](os.environ, folder))
            case _:
                raise NoSecret(USAGE)
    except NoSecret as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
