"""At the end stand addresses under the name that people use, logins, and how to let others in."""

import re
import sys

import pytest

from telar.compose import welcome
from telar.compose.rendered import Rendered
from tests.compose.place import Place


def rendered(address: str) -> Rendered:
    """The ports of the real file, open at ``address``."""
    open_ones = {
        "portal": (8086, 8501),
        "airflow-api-server": (8080, 8080),
        "mlflow": (8084, 5000),
        "minio": (8083, 9001),
    }
    services = {
        name: {"ports": [{"host_ip": address, "published": str(host), "target": target}]}
        for name, (host, target) in open_ones.items()
    }
    services["postgres"] = {"ports": [{"host_ip": "127.0.0.1", "published": "5432", "target": 5432}]}
    return Rendered({"name": "telar", "services": services})


def test_closed_it_tells_how_to_open(installed: Place) -> None:
    told = welcome.text(rendered("127.0.0.1"), installed.project)
    assert "http://127.0.0.1:8086" in told
    assert "TELAR_BIND=0.0.0.0" in told
    assert "ssh -L 5432:127.0.0.1:5432" in told
    assert "make down" in told


def test_open_it_tells_the_public_name_and_what_stays_within(installed: Place) -> None:
    installed.settings(TELAR_BIND="0.0.0.0", TELAR_PUBLIC_HOST="ops.example.org")
    told = welcome.text(rendered("0.0.0.0"), installed.project)
    assert "http://ops.example.org:8086" in told
    assert "http://ops.example.org:8084" in told
    assert "127.0.0.1:5432" in told
    assert "ops.example.org:5432" not in told
    assert "TELAR_BIND=0.0.0.0\n" not in told
    assert "DOCKER-USER" in told


def test_a_password_is_shown_to_a_person_and_not_to_a_log(installed: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    password = installed.project.read_env().values({})["TELAR_AIRFLOW_PASSWORD"]
    told = welcome.text(rendered("127.0.0.1"), installed.project)
    assert "admin: TELAR_AIRFLOW_PASSWORD" in told
    assert password not in told
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert f"admin: {password}" in welcome.text(rendered("127.0.0.1"), installed.project)


def test_the_login_of_the_warehouse_is_told_with_the_engine_that_holds_it(installed: Place) -> None:
    here = rendered("127.0.0.1")
    row = r"PostgreSQL +127\.0\.0\.1:5432 +"
    assert re.search(f"{row}batchuser: TELAR_DB_PIPELINE_PASSWORD", welcome.text(here, installed.project))
    installed.settings(TELAR_WAREHOUSE_URL="mysql://mysql:3306/OPS")
    assert re.search(f"{row}airflow: TELAR_DB_AIRFLOW_PASSWORD", welcome.text(here, installed.project))


def test_what_is_not_started_is_not_told(installed: Place) -> None:
    assert "Adminer" not in welcome.text(rendered("127.0.0.1"), installed.project)
