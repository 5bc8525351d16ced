"""What is wrong with the values that the platform is to be started with: the shell's, or those of `.env`."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from telar.compose.problems import Findings, Problem
from telar.database_url import database_url

LOOPBACK = "127.0.0.1"
EXECUTORS = ("LocalExecutor", "CeleryExecutor")
_DATABASES = {
    "TELAR_WAREHOUSE_URL": ("postgresql", "mysql"),
    "TELAR_AIRFLOW_DATABASE_URL": ("postgresql",),
    "TELAR_MLFLOW_DATABASE_URL": ("mysql", "postgresql"),
}
_PAGES = ("TELAR_MLFLOW_URL", "TELAR_S3_URL", "TELAR_SOURCE_URL")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


def look(variables: Mapping[str, str]) -> Findings:
    """Every value that cannot be meant, whatever the machine is like."""
    problems = [*_executor(variables), *_databases(variables), *_pages(variables), *_ports(variables)]
    problems += [*_public_host(variables), *_numbers(variables)]
    return Findings(problems, [*_unreachable_links(variables), *_shown_passwords(variables)])


def profiles(variables: Mapping[str, str]) -> list[str]:
    """The profiles of Compose that are asked for."""
    return [name.strip() for name in variables.get("COMPOSE_PROFILES", "").split(",") if name.strip()]


def _executor(variables: Mapping[str, str]) -> Iterator[Problem]:
    executor, asked = variables.get("TELAR_EXECUTOR", EXECUTORS[0]), profiles(variables)
    celery = "celery" in asked or "*" in asked
    if executor not in EXECUTORS:
        yield Problem(f"TELAR_EXECUTOR is {executor!r}", f"write one of {', '.join(EXECUTORS)} into .env")
    elif executor == "CeleryExecutor" and not celery:
        told = "TELAR_EXECUTOR is CeleryExecutor, but COMPOSE_PROFILES does not name celery: there would be no worker"
        yield Problem(told, f"write COMPOSE_PROFILES={','.join([*asked, 'celery'])} into .env")
    elif executor == "LocalExecutor" and celery:
        told = "COMPOSE_PROFILES names celery, but TELAR_EXECUTOR is LocalExecutor: the workers would get no task"
        rest = ",".join(name for name in asked if name not in ("celery", "*"))
        without = f"write COMPOSE_PROFILES={rest}" if rest else "delete the line COMPOSE_PROFILES"
        fix = f"write TELAR_EXECUTOR=CeleryExecutor into .env, or, for no workers, {without}"
        yield Problem(told, fix)


def _databases(variables: Mapping[str, str]) -> Iterator[Problem]:
    for name, engines in _DATABASES.items():
        if name not in variables:
            continue
        example = " or ".join(f"{engine}://HOST:PORT/DATABASE" for engine in engines)
        try:
            complete = database_url(variables[name], "user", "password")
        except ValueError as error:
            yield Problem(f"{name}: {error}", f"write {name}={example} into .env")
            continue
        if not complete.startswith(engines):
            told = f"{name} begins with {variables[name].split(':')[0]}://, and must begin with {engines[0]}://"
            yield Problem(told, f"write {name}={example} into .env")


def _pages(variables: Mapping[str, str]) -> Iterator[Problem]:
    for name in _PAGES:
        address = variables.get(name)
        if address is not None and not re.match(r"https?://[^/\s]+", address):
            yield Problem(f"{name} is {address!r}, which is no http:// or https:// address", f"correct {name} in .env")


def _ports(variables: Mapping[str, str]) -> Iterator[Problem]:
    for name, value in sorted(variables.items()):
        if name.startswith("TELAR_") and name.endswith("_PORT") and not _is_port(value):
            told = f"{name} is {value!r}, and a port is a number from 1 to 65535"
            yield Problem(told, f"correct {name} in .env, or delete its line for the usual one")


def _numbers(variables: Mapping[str, str]) -> Iterator[Problem]:
    for name in ("TELAR_CPUS", "TELAR_MEMORY_MB", "TELAR_DISK_MB", "TELAR_WAIT_SECONDS"):
        if not variables.get(name, "0").isdecimal():
            yield Problem(f"{name} is {variables[name]!r}, and must be a whole number", f"correct {name} in .env")


def _is_port(value: str) -> bool:
    return value.isdecimal() and 1 <= int(value) <= 65535


def _public_host(variables: Mapping[str, str]) -> Iterator[Problem]:
    host = variables.get("TELAR_PUBLIC_HOST", LOOPBACK)
    if host == "0.0.0.0" or not _HOST.fullmatch(host):
        told = (
            f"TELAR_PUBLIC_HOST is {host!r}: browsers call the platform by it, so it must be a host name or an address"
        )
        fix = "write the name only, no http://, port or path: TELAR_PUBLIC_HOST=ops.example.org (or delete the line)"
        yield Problem(told, fix)


def _unreachable_links(variables: Mapping[str, str]) -> Iterator[Problem]:
    bind, host = variables.get("TELAR_BIND", LOOPBACK), variables.get("TELAR_PUBLIC_HOST", LOOPBACK)
    if not bind.startswith("127.") and host == LOOPBACK:
        told = f"TELAR_BIND={bind} opens the platform to other machines, but its links would lead them to {LOOPBACK}"
        yield Problem(told, "write TELAR_PUBLIC_HOST=the name that they call this machine by into .env")


def _shown_passwords(variables: Mapping[str, str]) -> Iterator[Problem]:
    for name in (*_DATABASES, *_PAGES):
        if _has_password(variables.get(name, "")):
            told = f"{name} holds a password, which `docker inspect` shows to everyone who may use Docker"
            yield Problem(told, "leave user and password out of the URL; .env.example says which variables take them")


def _has_password(address: str) -> bool:
    try:
        return urlsplit(address).password is not None
    except ValueError:
        return False
