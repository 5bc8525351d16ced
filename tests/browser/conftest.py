"""A browser before the real portal, inference API, data API, MLflow and warehouse, after one run of TINY's pipeline."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from telar.adapters.warehouse.names import Role
from tests.support.ports import free_port
from tests.support.spine import PROJECT, Spine, running_spine, wait_until
from tests.support.tiny import TINY_FOLDER

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ASKED = "TELAR_TEST_BROWSER"
KEY = "a-key-for-tests"
RUN_SECONDS = 240


@dataclass(frozen=True)
class Portal:
    """The running portal, the browser to look at it with, and the environment in which the pipeline runs."""

    url: str
    chromium: str
    spine: Spine
    environment: Mapping[str, str]

    def promote_by_hand(self, version: str) -> None:
        """Moves the alias as MLflow's own page does."""
        told = {"name": "tiny", "alias": "production", "version": version}
        url = f"{self.spine.mlflow.url}/api/2.0/mlflow/registered-models/alias"
        requests.post(url, json=told, timeout=30).raise_for_status()

    def run_pipeline(self, *arguments: str) -> None:
        """One batch of TINY, from the data API as far as it goes."""
        command = [sys.executable, "-m", "telar.cli", "run", "tiny", *arguments]
        done = subprocess.run(
            command, cwd=PROJECT, env=dict(self.environment), capture_output=True, text=True, timeout=RUN_SECONDS
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one these tests are skipped, unless they were asked for."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium found; `apt-get install -y chromium` brings one"
        if os.environ.get(ASKED) == "1":
            pytest.fail(f"{ASKED}=1, and there is {reason}", pytrace=False)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def portal(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal before everything that it talks to but Airflow, which is away."""
    folder = tmp_path_factory.mktemp("portal")
    with running_spine(folder, TINY_FOLDER, TELAR_DEFAULT_USE_CASE="tiny", TELAR_SOURCE_WINDOW_SECONDS="0") as spine:
        common = dict(spine.environment) | {"TELAR_INFERENCE_RELOAD_KEY": KEY}
        Portal("", chromium, spine, common).run_pipeline()
        with _inference(spine, common) as inference, _streamlit(spine, common, inference) as url:
            yield Portal(url, chromium, spine, common)


@pytest.fixture
def page(portal: Portal) -> Iterator[Page]:
    """A tab on the portal; a request to anywhere but loopback fails the test."""
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=portal.chromium, args=_flags())
        tab = browser.new_page(viewport={"width": 1280, "height": 1000}, base_url=portal.url)
        strangers: list[str] = []
        tab.on("request", lambda request: strangers.append(request.url) if _strange(request.url) else None)
        tab.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        yield tab
        browser.close()
        assert strangers == []


def _flags() -> list[str]:
    """Chromium's own sandbox does not work for root, who runs tests in containers."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []


def _strange(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "data:", "blob:"))


@contextmanager
def _inference(spine: Spine, common: Mapping[str, str]) -> Iterator[str]:
    own = {"TELAR_WAREHOUSE_URL": spine.url(Role.INFERENCE), "TELAR_INFERENCE_MODEL_FOLDER": str(spine.folder / "kept")}
    watch = {"TELAR_INFERENCE_WATCH_SECONDS": "3600"}  # only the button loads
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "services.inference.main:app", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with _process(command, {**common, **own, **watch}, f"{url}/health", spine.folder / "inference.log"):
        yield url


@contextmanager
def _streamlit(spine: Spine, common: Mapping[str, str], inference: str) -> Iterator[str]:
    port = free_port()
    own = {
        "TELAR_WAREHOUSE_URL": spine.url(Role.READER),
        "TELAR_INFERENCE_URL": inference,
        "TELAR_PORTAL_DATA_API_URL": spine.source.url,
        "TELAR_PORTAL_AIRFLOW_URL": f"http://127.0.0.1:{free_port()}",
    }
    streamlit = str(Path(sys.executable).with_name("streamlit"))
    where = ["--server.address", "127.0.0.1", "--server.port", str(port)]
    # As Streamlit's own command starts it: without the project's root on the path.
    environment = {name: value for name, value in {**common, **own}.items() if name != "PYTHONPATH"}
    command = [streamlit, "run", "services/portal/app.py", *where]
    url = f"http://127.0.0.1:{port}"
    with _process(command, environment, f"{url}/_stcore/health", spine.folder / "portal.log"):
        yield url


@contextmanager
def _process(command: list[str], environment: Mapping[str, str], health: str, log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=PROJECT, env=dict(environment), stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until(health, process)
        yield
    finally:
        process.terminate()
        process.wait(15)
