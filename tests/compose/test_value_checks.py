"""A value that cannot be meant is refused by its name, with what to write instead."""

import pytest

from telar.compose import port_checks, value_checks
from telar.compose.problems import listed


def told(**variables: str) -> str:
    return listed(value_checks.look(variables).problems)


def warned(**variables: str) -> str:
    return listed(value_checks.look(variables).warnings)


def test_the_defaults_are_well() -> None:
    assert told() == ""
    assert warned() == ""


def test_workers_without_the_executor_and_the_executor_without_workers_are_refused() -> None:
    assert "write COMPOSE_PROFILES=tools,celery into .env" in told(
        TELAR_EXECUTOR="CeleryExecutor", COMPOSE_PROFILES="tools"
    )
    alone = told(COMPOSE_PROFILES="celery,tools")
    assert "TELAR_EXECUTOR=CeleryExecutor" in alone
    assert "COMPOSE_PROFILES=tools" in alone
    assert "delete the line COMPOSE_PROFILES" in told(COMPOSE_PROFILES="celery")
    assert told(TELAR_EXECUTOR="CeleryExecutor", COMPOSE_PROFILES="celery, tools") == ""
    assert "LocalExecutor, CeleryExecutor" in told(TELAR_EXECUTOR="celery")


@pytest.mark.parametrize(
    ("name", "url", "rule"),
    [
        ("TELAR_WAREHOUSE_URL", "sqlite:///x.db", "begin"),
        ("TELAR_WAREHOUSE_URL", "postgresql://host", "names no database"),
        ("TELAR_WAREHOUSE_URL", "host:5432/batches_db", "must look like"),
        ("TELAR_AIRFLOW_DATABASE_URL", "mysql://host/airflow", "must begin with postgresql://"),
        ("TELAR_MLFLOW_DATABASE_URL", "oracle://host/mlflow", "must begin with postgresql:// or mysql://"),
        ("TELAR_S3_URL", "minio:9000", "no http:// or https:// address"),
        ("TELAR_SOURCE_URL", "ftp://data", "no http:// or https:// address"),
        ("TELAR_MLFLOW_URL", "https://", "no http:// or https:// address"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused(name: str, url: str, rule: str) -> None:
    assert f"{name}" in told(**{name: url})
    assert rule in told(**{name: url})


@pytest.mark.parametrize(
    "url",
    ["postgresql://db.example.org/batches_db", "mysql://mysql:3306/OPS", "postgresql+psycopg2://h:1/d?sslmode=require"],
)
def test_either_engine_may_be_the_warehouse(url: str) -> None:
    assert told(TELAR_WAREHOUSE_URL=url) == ""


def test_a_password_in_a_url_is_a_warning_that_does_not_show_it() -> None:
    shown = warned(TELAR_WAREHOUSE_URL="postgresql://me:hunter2hunter2@h/d")
    assert "TELAR_WAREHOUSE_URL holds a password" in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize("port", ["0", "65536", "http", "80 80", "-1", "8080-8090"])
def test_what_is_no_port_is_refused(port: str) -> None:
    assert f"TELAR_PORTAL_PORT is {port!r}" in told(TELAR_PORTAL_PORT=port)


def test_what_is_no_number_is_refused() -> None:
    assert "TELAR_MEMORY_MB is '4g', and must be a whole number" in told(TELAR_MEMORY_MB="4g")


@pytest.mark.parametrize("host", ["http://ops.example.org", "ops.example.org:8086", "ops/portal", "0.0.0.0", "a b"])
def test_what_browsers_cannot_call_this_machine_by_is_refused(host: str) -> None:
    assert f"TELAR_PUBLIC_HOST is {host!r}" in told(TELAR_PUBLIC_HOST=host)


def test_opening_the_platform_under_the_name_of_loopback_is_a_warning() -> None:
    assert "TELAR_PUBLIC_HOST=" in warned(TELAR_BIND="0.0.0.0")
    assert warned(TELAR_BIND="0.0.0.0", TELAR_PUBLIC_HOST="ops.example.org") == ""


@pytest.mark.parametrize(("address", "rule"), [("192.0.2.1", "no address of this machine"), ("ops", "no IPv4 address")])
def test_an_address_of_another_machine_is_refused(address: str, rule: str) -> None:
    shown = listed(list(port_checks.bind(address)))
    assert f"TELAR_BIND is {address!r}" in shown or f"TELAR_BIND is {address}" in shown
    assert rule in shown
    assert "0.0.0.0" in shown


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "0.0.0.0"])
def test_an_address_of_this_machine_will_do(address: str) -> None:
    assert list(port_checks.bind(address)) == []
