"""Every service of the rendered compose file keeps the rules; what breaks one is told by service and rule."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.compose_file.rendered import Rendered, Service
from tests.compose_file.rules import CHOWNER, EVERY, LASTING, ONE_SHOT, WRITABLE_ROOT, Check

# A service that breaks each rule of EVERY and LASTING, and one that breaks the rule of the one-shots.
CARELESS: Mapping[str, Any] = {
    "name": "careless",
    "image": "postgres:latest",
    "build": {},
    "container_name": "db",
    "privileged": True,
    "user": "0:0",
    "cap_add": ["NET_ADMIN"],
    "healthcheck": {"test": ["CMD-SHELL", "curl http://localhost:5000/health"]},
    "depends_on": {"mysql": {"condition": "service_started"}},
    "volumes": [{"type": "bind", "source": "/var/run/docker.sock", "target": "/var/run/docker.sock"}],
}
ENDLESS: Mapping[str, Any] = {"restart": "always"}


def broken(services: Mapping[str, Service], check: Check) -> list[str]:
    return [f"{name} {wrong}" for name, service in services.items() if (wrong := check(service))]


@pytest.mark.parametrize("rule", EVERY)
def test_every_service(rendered: Rendered, rule: str) -> None:
    assert broken(rendered.services, EVERY[rule]) == []


@pytest.mark.parametrize("rule", LASTING)
def test_every_lasting_service(rendered: Rendered, rule: str) -> None:
    assert broken(rendered.lasting, LASTING[rule]) == []


@pytest.mark.parametrize("rule", ONE_SHOT)
def test_every_one_shot(rendered: Rendered, rule: str) -> None:
    one_shots = {name: rendered.services[name] for name in rendered.one_shots}
    assert CHOWNER in one_shots
    assert broken(one_shots, ONE_SHOT[rule]) == []


@pytest.mark.parametrize("rule", [*EVERY, *LASTING])
def test_a_careless_service_would_be_told(rule: str) -> None:
    assert broken({"careless": CARELESS}, {**EVERY, **LASTING}[rule])


def test_a_one_shot_without_an_end_would_be_told() -> None:
    assert broken({"endless": ENDLESS}, ONE_SHOT["ends when it is done"])


@pytest.mark.parametrize(
    "test",
    [
        "true",
        "mysqladmin ping",
        "pg_isready -U postgres",
        "curl -f http://127.0.0.1:8793/ || exit 1",
        "python -m healthy || true",
        "curl -f http://127.0.0.1:9000/minio/health/live",
        "pgrep airflow",
    ],
)
def test_a_healthcheck_that_always_passes_would_be_told(test: str) -> None:
    check = LASTING["has a healthcheck that can fail"]
    assert broken({"careless": {"healthcheck": {"test": ["CMD-SHELL", test]}}}, check)


def test_an_exception_names_a_service_that_is_there(rendered: Rendered) -> None:
    assert {CHOWNER, *WRITABLE_ROOT} <= set(rendered.services)
