"""Who can talk to whom: what keeps data is reached by those who need it, and by nobody else."""

from collections.abc import Mapping

import pytest

from tests.compose_file.rendered import Rendered

TASKS = ("airflow-scheduler", "airflow-worker")
NEEDS: Mapping[str, set[str]] = {
    "postgres-roles": {"postgres"},
    "mysql-roles": {"mysql"},
    "minio-bucket": {"minio"},
    "mlflow-migrate": {"mysql"},
    "mlflow": {"mysql", "minio"},
    "airflow-migrate": {"postgres"},
    "warehouse-migrate": {"postgres", "mysql"},
    "airflow-api-server": {"postgres"},
    "airflow-dag-processor": {"postgres"},
    "airflow-triggerer": {"postgres", "airflow-api-server"},
    **{name: {"postgres", "mysql", "redis", "mlflow", "data-api", "airflow-api-server"} for name in TASKS},
    "inference": {"postgres", "mysql", "mlflow"},
    # It asks MinIO how it is, and holds no key of it.
    "portal": {"postgres", "mysql", "mlflow", "minio", "inference", "data-api", "airflow-api-server"},
    "adminer": {"postgres", "mysql"},
    "notebook": {"mlflow"},
}
KEEPERS = ("postgres", "mysql", "minio", "redis")
# The warehouse may be either, so both stand on its network.
NEIGHBOURS = {"postgres": {"mysql"}, "mysql": {"postgres"}}


def test_each_service_reaches_what_it_needs(rendered: Rendered) -> None:
    missing = {name: lost for name, needed in NEEDS.items() if (lost := needed - rendered.reached_from(name))}
    assert missing == {}


@pytest.mark.parametrize("keeper", KEEPERS)
def test_what_keeps_data_is_reached_only_by_those_who_need_it(rendered: Rendered, keeper: str) -> None:
    needing = {name for name, needed in NEEDS.items() if keeper in needed}
    reaching = {name for name in rendered.services if keeper in rendered.reached_from(name)}
    assert reaching == needing | NEIGHBOURS.get(keeper, set())


def test_the_data_api_stands_for_a_stranger_and_reaches_no_database_and_no_registry(rendered: Rendered) -> None:
    assert not rendered.reached_from("data-api") & {*KEEPERS, "mlflow", "inference", "airflow-api-server"}


def test_the_notebook_where_people_run_code_is_on_no_network_but_mlflows(rendered: Rendered) -> None:
    assert rendered.networks("notebook") == {"tracking"}
    assert not rendered.reached_from("notebook") & {*KEEPERS, "data-api", "airflow-api-server"}


def test_what_only_changes_files_has_no_network(rendered: Rendered) -> None:
    assert {name for name in rendered.services if not rendered.networks(name)} == {"minio-volume", "airflow-logs"}


def test_nobody_is_on_a_network_that_compose_makes_by_itself(rendered: Rendered) -> None:
    assert [name for name in rendered.services if "default" in rendered.networks(name)] == []


def test_every_network_is_used(rendered: Rendered) -> None:
    used = {network for name in rendered.services for network in rendered.networks(name)}
    assert used == set(rendered.model["networks"])
