"""Each override file leaves its bundled service out, and nothing that stays waits for it, mounts it or asks it."""

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.compose_file.rendered import PROJECT, Rendered, compose

FOLDER = PROJECT / "deploy" / "compose"
PROFILES = ("--profile", "celery", "--profile", "tools", "--profile", "notebook")
URLS = {
    "TELAR_AIRFLOW_DATABASE_URL": "postgresql://db.example:5432/airflow",
    "TELAR_WAREHOUSE_URL": "postgresql://db.example:5432/batches_db",
    "TELAR_MLFLOW_DATABASE_URL": "mysql://my.example:3306/mlflow",
    "TELAR_S3_URL": "https://s3.example",
    "TELAR_MLFLOW_URL": "https://mlflow.example",
    "TELAR_SOURCE_URL": "https://batches.example",
}
ASKED = {
    "postgresql": {"TELAR_AIRFLOW_DATABASE_URL", "TELAR_WAREHOUSE_URL"},
    "mysql": {"TELAR_MLFLOW_DATABASE_URL"},
    "object-store": {"TELAR_S3_URL"},
    "mlflow": {"TELAR_MLFLOW_URL"},
    "data-api": {"TELAR_SOURCE_URL"},
}
DROPPED = {
    "postgresql": {"postgres", "postgres-roles"},
    "mysql": {"mysql", "mysql-roles"},
    "object-store": {"minio", "minio-volume", "minio-bucket"},
    "mlflow": {"mlflow", "mlflow-migrate", "minio", "minio-volume", "minio-bucket"},
    "data-api": {"data-api"},
}
VOLUMES = {
    "postgresql": {"postgres"},
    "mysql": {"mysql"},
    "object-store": {"minio"},
    "mlflow": {"minio", "mlflow-tmp"},
    "data-api": {"data-api"},
}
INTERNAL = {"postgresql": "airflow-db", "mysql": "mlflow-db"}
ALONE = [(name,) for name in DROPPED]
PAIRS = list(combinations(DROPPED, 2))
ALL = [tuple(DROPPED), tuple(reversed(DROPPED))]


def render_with(folder: Path, names: Iterable[str], *words: str) -> Rendered:
    """The model with these override files, in this order, and the URLs that they ask for."""
    asked = {variable for name in names for variable in ASKED[name]}
    done = compose(folder, *_files(names), *words, "config", "--format", "json", **{each: URLS[each] for each in asked})
    assert done.returncode == 0, done.stderr
    return Rendered(done.stdout)


def _files(names: Iterable[str]) -> list[str]:
    return [word for name in names for word in ("--file", str(FOLDER / f"external-{name}.yaml"))]


@pytest.fixture(scope="module")
def whole(folder: Path) -> Rendered:
    """What there is without any override."""
    return render_with(folder, (), *PROFILES)


def test_there_is_a_file_for_each_of_them_and_no_other() -> None:
    assert {path.stem.removeprefix("external-") for path in FOLDER.iterdir()} == set(DROPPED)


@pytest.mark.parametrize("names", [*ALONE, *PAIRS, *ALL], ids="+".join)
def test_what_is_replaced_is_gone_and_nothing_that_stays_needs_it(
    folder: Path, whole: Rendered, names: tuple[str, ...]
) -> None:
    found = render_with(folder, names, *PROFILES)
    dropped = {service for name in names for service in DROPPED[name]}
    volumes = {volume for name in names for volume in VOLUMES[name]}
    assert set(found.services) == set(whole.services) - dropped
    assert set(found.model["volumes"]) == set(whole.model["volumes"]) - volumes
    assert _waiting_in_vain(found) == []
    assert _asking(found, dropped) == []


def _waiting_in_vain(found: Rendered) -> list[str]:
    return [
        f"{name} waits for {other}"
        for name, service in found.services.items()
        for other in service.get("depends_on") or ()
        if other not in found.services
    ]


def _asking(found: Rendered, dropped: set[str]) -> list[str]:
    """The variables that lead to a service which is gone."""
    return [
        f"{name}: {variable}={value}"
        for name, service in found.services.items()
        for variable, value in (service.get("environment") or {}).items()
        if value in dropped or urlsplit(str(value)).hostname in dropped
    ]


@pytest.mark.parametrize("names", [*ALONE, *ALL], ids="+".join)
def test_what_stays_is_as_it_was_but_for_addresses_and_waiting(
    folder: Path, whole: Rendered, names: tuple[str, ...]
) -> None:
    found = render_with(folder, names, *PROFILES)
    may_differ = {"environment", "depends_on"}
    changed = {
        f"{name}: {key}"
        for name, service in found.services.items()
        for key in {*service, *whole.services[name]} - may_differ
        if service.get(key) != whole.services[name].get(key)
    }
    assert changed == set()


@pytest.mark.parametrize("name", INTERNAL)
def test_a_network_that_led_to_the_container_alone_leads_out(folder: Path, whole: Rendered, name: str) -> None:
    network = INTERNAL[name]
    assert whole.model["networks"][network]["internal"]
    assert not render_with(folder, (name,)).model["networks"][network].get("internal")


@pytest.mark.parametrize("names", [*ALONE, *ALL], ids="+".join)
def test_with_every_profile_it_still_renders_since_make_down_asks_so(folder: Path, names: tuple[str, ...]) -> None:
    assert render_with(folder, names, "--profile", "*").services


@pytest.mark.parametrize("name", sorted(set(DROPPED) - {"mysql"}))
def test_without_the_url_the_file_says_which_variable_it_needs(folder: Path, name: str) -> None:
    for missing in ASKED[name]:
        others = {each: URLS[each] for each in ASKED[name] - {missing}}
        done = compose(folder, *_files([name]), "config", **others)
        assert done.returncode != 0
        assert f"external-{name}.yaml needs" in done.stderr
        assert missing in done.stderr


def test_the_job_that_misses_its_database_tells_the_variable_and_an_mlflow_of_ones_own_needs_none(folder: Path) -> None:
    url = {"TELAR_MLFLOW_URL": URLS["TELAR_MLFLOW_URL"]}
    alone = compose(folder, *_files(["mysql"]), "config", "--format", "json")
    both = compose(folder, *_files(["mysql", "mlflow"]), "config", "--format", "json", **url)
    jobs = Rendered(alone.stdout).services, Rendered(both.stdout).services
    assert "URL-is-not-set" in jobs[0]["mlflow-migrate"]["environment"]["TELAR_MLFLOW_DATABASE_URL"]
    assert "mlflow-migrate" not in jobs[1]


def test_pages_are_linked_where_people_open_them(folder: Path) -> None:
    found = render_with(folder, ("mlflow", "data-api"))
    linked = {
        name: (environment.get("TELAR_MLFLOW_PUBLIC_URL"), environment.get("TELAR_DATA_API_PUBLIC_URL"))
        for name in ("portal", "airflow-api-server")
        for environment in [found.services[name]["environment"]]
    }
    assert set(linked.values()) == {("https://mlflow.example", "https://batches.example/docs")}
