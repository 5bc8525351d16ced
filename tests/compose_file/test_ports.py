"""What the platform opens on the machine: each port by its variable, what nobody but the machine needs on loopback."""

from pathlib import Path

from tests.compose_file.conftest import BIND
from tests.compose_file.rendered import Rendered, render

LOOPBACK = "127.0.0.1"
PUBLISHED = {
    "postgres": {(LOOPBACK, "TELAR_POSTGRES_PORT", 5432)},
    "mysql": {(LOOPBACK, "TELAR_MYSQL_PORT", 3306)},
    "minio": {(LOOPBACK, "TELAR_MINIO_PORT", 9000), (BIND, "TELAR_MINIO_CONSOLE_PORT", 9001)},
    "data-api": {(LOOPBACK, "TELAR_DATA_API_PORT", 8000)},
    "airflow-api-server": {(BIND, "TELAR_AIRFLOW_PORT", 8080)},
    "adminer": {(BIND, "TELAR_ADMINER_PORT", 8080)},
    "mlflow": {(BIND, "TELAR_MLFLOW_PORT", 5000)},
    "inference": {(BIND, "TELAR_INFERENCE_PORT", 8000)},
    "portal": {(BIND, "TELAR_PORTAL_PORT", 8501)},
    "notebook": {(BIND, "TELAR_NOTEBOOK_PORT", 8888)},
}
DEFAULTS = {
    "TELAR_POSTGRES_PORT": 5432,
    "TELAR_MYSQL_PORT": 3306,
    "TELAR_MINIO_PORT": 9000,
    "TELAR_AIRFLOW_PORT": 8080,
    "TELAR_ADMINER_PORT": 8081,
    "TELAR_MINIO_CONSOLE_PORT": 8083,
    "TELAR_MLFLOW_PORT": 8084,
    "TELAR_INFERENCE_PORT": 8085,
    "TELAR_PORTAL_PORT": 8086,
    "TELAR_NOTEBOOK_PORT": 8087,
    "TELAR_DATA_API_PORT": 8088,
}


def expected(numbers: dict[str, int]) -> dict[str, set[tuple[str, int, int]]]:
    return {
        service: {(address, numbers[variable], within) for address, variable, within in ports}
        for service, ports in PUBLISHED.items()
    }


def test_databases_object_store_and_data_api_listen_on_loopback_and_the_rest_where_telar_bind_says(
    rendered: Rendered,
) -> None:
    assert rendered.ports() == expected(DEFAULTS)


def test_every_port_has_a_variable(folder: Path) -> None:
    moved = {name: port + 20_000 for name, port in DEFAULTS.items()}
    again = render(folder, TELAR_BIND=BIND, **{name: str(port) for name, port in moved.items()})
    assert again.ports() == expected(moved)


def test_without_a_word_about_it_nothing_is_open_to_other_machines(folder: Path) -> None:
    addresses = {address for ports in render(folder).ports().values() for address, _, _ in ports}
    assert addresses == {LOOPBACK}


def test_links_and_allowed_hosts_follow_ports_and_public_host(folder: Path) -> None:
    told = render(folder, TELAR_PUBLIC_HOST="telar.example", TELAR_AIRFLOW_PORT="28080", TELAR_MLFLOW_PORT="28084")
    base_urls = {
        name: url
        for name, service in told.services.items()
        if (url := (service.get("environment") or {}).get("AIRFLOW__API__BASE_URL"))
    }
    assert set(base_urls.values()) == {"http://telar.example:28080"}, base_urls
    assert told.services["portal"]["environment"]["TELAR_PUBLIC_HOST"] == "telar.example"
    assert told.services["portal"]["environment"]["TELAR_MLFLOW_PORT"] == "28084"
