"""Home tells where everything is, how it is, and never takes generated rows for real ones."""

import pytest

from tests.services.portal.conftest import OpenPage, linked, texts
from tests.support.answering import Said, answering

SERVICES = ("Airflow", "MLflow", "Inference API", "Data API", "Warehouse", "Portal")


def test_every_service_has_its_card_and_with_all_away_the_page_still_stands(open_page: OpenPage, nowhere: str) -> None:
    shown = texts(open_page("home"))
    for service in SERVICES:
        assert f"**{service}**" in shown
    assert shown.count(" Down]") == 5
    assert shown.count(" Up]") == 1
    assert f"nothing answers at `http://{nowhere}/api/v2/monitor/health`" in shown
    assert "**The data API is away.**" in shown
    assert "**The warehouse is away.**" in shown


def test_links_are_built_from_the_public_host_and_the_ports(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELAR_AIRFLOW_PORT", "18080")
    app = open_page("home")
    assert linked(app) == {
        "Open Airflow": "http://telar.example:18080/",
        "Open MLflow": "http://telar.example:8084/",
        "Open Inference API": "http://telar.example:8085/docs",
        "Open Portal": "http://telar.example:8086/",
    }
    assert "`ssh -L 8088:127.0.0.1:8088 telar.example`, then `http://127.0.0.1:8088/docs`" in texts(app)


def test_on_the_machine_itself_the_data_api_has_a_link(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELAR_PUBLIC_HOST", "localhost")
    monkeypatch.setenv("TELAR_DATA_API_PORT", "18088")
    app = open_page("home")
    assert linked(app)["Open Data API"] == "http://127.0.0.1:18088/docs"
    assert "ssh" not in texts(app)


def test_services_of_ones_own_are_linked_where_people_open_them(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELAR_MLFLOW_PUBLIC_URL", "https://mlflow.example")
    monkeypatch.setenv("TELAR_DATA_API_PUBLIC_URL", "https://batches.example/docs")
    found = linked(open_page("home"))
    assert (found["Open MLflow"], found["Open Data API"]) == ("https://mlflow.example/", "https://batches.example/docs")


def test_object_store_adminer_and_notebook_are_shown_where_the_platform_brings_them(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {"/": Said("<title>Login - Adminer</title>"), "/api": Said({"version": "2.21.1"})}
    with answering({"/minio/health/ready": Said(""), **pages}) as server:
        monkeypatch.setenv("TELAR_PORTAL_NOTEBOOK_URL", server.url)
        monkeypatch.setenv("TELAR_PORTAL_MINIO_URL", server.url)
        monkeypatch.setenv("TELAR_PORTAL_ADMINER_URL", server.url)
        app = open_page("home")
    assert linked(app)["Open MinIO"] == "http://telar.example:8083/"
    assert linked(app)["Open Adminer"] == "http://telar.example:8081/"
    assert linked(app)["Open Notebook"] == "http://telar.example:8087/"
    assert texts(app).count(" Up]") == 4


def test_adminer_that_was_not_started_says_how_and_has_no_link(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELAR_PORTAL_ADMINER_URL", "http://adminer.invalid:8080")
    app = open_page("home")
    assert "**Adminer** :gray-badge[:material/power_off: Not started]" in texts(app)
    assert "COMPOSE\\_PROFILES=tools" in texts(app)
    assert "Open Adminer" not in linked(app)


def test_a_notebook_that_was_not_started_says_how(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELAR_PORTAL_NOTEBOOK_URL", "http://notebook.invalid:8888")
    app = open_page("home")
    assert "COMPOSE\\_PROFILES=notebook" in texts(app)
    assert "Open Notebook" not in linked(app)


def test_an_upstream_of_ones_own_is_not_called_away(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering({}) as server:
        monkeypatch.setenv("TELAR_PORTAL_DATA_API_URL", server.url)
        shown = texts(open_page("home"))
    assert "**The data API is away.**" not in shown
    assert "it is not Telar's own" in shown


@pytest.mark.usefixtures("inference")
def test_an_inference_api_that_serves_but_cannot_record_is_degraded_with_the_reason(open_page: OpenPage) -> None:
    shown = texts(open_page("home"))
    assert ":orange-badge[:material/error: Degraded]" in shown
    assert "predictions wait to be recorded" in shown


def test_a_service_with_an_unusable_setting_is_named(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELAR_WAREHOUSE_URL", "sqlite:///here")
    shown = texts(open_page("home"))
    assert "**The warehouse is not set up.**" in shown


def test_a_missing_warehouse_url_is_named_with_its_variable(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TELAR_WAREHOUSE_URL")
    assert r"TELAR\_WAREHOUSE\_URL" in texts(open_page("home"))


def test_generated_rows_on_offer_are_called_a_generated_sample(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"title": "Tiny", "provenance": "sample", "origin": "generated sample of Tiny; not real data", "batches": 4}
    health = {"status": "degraded", "use_cases": {"tiny": "ready"}, "broken": {"bad": "line 3: no such column"}}
    with answering({"/health": Said(health), "/tiny/": Said(told)}) as server:
        monkeypatch.setenv("TELAR_PORTAL_DATA_API_URL", server.url)
        app = open_page("home")
    shown = texts(app)
    assert "GENERATED SAMPLE" in app.warning[0].value
    assert "#### Tiny :orange-badge[GENERATED SAMPLE]" in shown
    assert "**The use case `bad` cannot be loaded.** line 3" in shown


def test_rows_that_are_still_on_their_way_are_not_given_an_origin(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = {"status": "loading", "use_cases": {"tiny": "loading: downloading"}, "broken": {}}
    with answering({"/health": Said(health)}) as server:
        monkeypatch.setenv("TELAR_PORTAL_DATA_API_URL", server.url)
        shown = texts(open_page("home"))
    assert r"no rows yet (loading\: downloading)" in shown
    assert "badge[GENERATED" not in shown
    assert "badge[Real" not in shown
