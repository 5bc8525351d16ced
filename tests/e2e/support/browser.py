"""A person on another machine: Chromium, which knows the platform by its public name only."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect, sync_playwright

from tests.e2e.support.asking import MLFLOW_USERS
from tests.e2e.support.machine import BIND, PUBLIC_HOST
from tests.e2e.support.stack import Stack

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 30
ATTEMPTS = 5
NETWORK_CHANGED = "ERR_NETWORK_CHANGED"


@contextmanager
def person(stack: Stack) -> Iterator[BrowserContext]:
    """A browser of their own, logged in to nothing; MLflow's login is typed in when MLflow asks."""
    login = {"username": "admin", "password": stack.env[MLFLOW_USERS["admin"]], "origin": stack.url("MLFLOW")}
    flags = [f"--host-resolver-rules=MAP {PUBLIC_HOST} {BIND}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=flags)
        # A context's own login goes with the first request, as a browser's does with every one after the question.
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, http_credentials=login)  # type: ignore[arg-type]
        context.set_default_timeout(SECONDS * 1000)
        yield context
        browser.close()


def strangers(context: BrowserContext) -> list[str]:
    """A list that fills with every address asked for that is not the platform's."""
    found: list[str] = []
    own = (f"http://{PUBLIC_HOST}:", "data:", "blob:")
    context.on("request", lambda request: None if request.url.startswith(own) else found.append(request.url))
    return found


def open_page(context: BrowserContext, url: str, drawn: Callable[[Page], None]) -> Page:
    """A page in a new tab, once ``drawn`` holds.

    Chromium drops what it is loading whenever a network interface of the machine comes or goes, as with every container
    that somebody starts: then the page is opened again.
    """
    for _ in range(ATTEMPTS):
        page = context.new_page()
        dropped = _dropped(page)
        try:
            answer = page.goto(url)
            assert answer is None or answer.ok, f"{url} answered {answer.status}"
            drawn(page)
        except (AssertionError, Error):
            if NETWORK_CHANGED not in " ".join(dropped):
                raise
        if NETWORK_CHANGED not in " ".join(dropped):
            return page
        page.close()
    raise AssertionError(f"the machine's network changed {ATTEMPTS} times while {url} was loaded")


def open_portal(stack: Stack, context: BrowserContext, path: str = "/") -> Page:
    """A page of the portal, drawn to the end without an error."""
    return open_page(context, f"{stack.url('PORTAL')}{path}", _drawn_to_the_end)


def _dropped(page: Page) -> list[str]:
    """A list that fills with why each request failed."""
    reasons: list[str] = []
    page.on("requestfailed", lambda request: reasons.append(str(request.failure)))
    return reasons


def _drawn_to_the_end(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def shoot(stack: Stack, page: Page, name: str) -> None:
    """A picture of the page for people."""
    page.screenshot(path=stack.kept / f"{name}.png", full_page=True)


def links_of(page: Page) -> set[str]:
    """Every address that leads away from the portal."""
    found = page.eval_on_selector_all("a[href^='http']", "all => all.map(each => each.href)")
    return {str(each) for each in found if not str(each).startswith(page.evaluate("location.origin"))}


def log_in_to_airflow(stack: Stack, context: BrowserContext) -> None:
    """The form that Airflow shows first."""
    page = open_page(context, stack.url("AIRFLOW"), lambda page: page.locator("input[name=username]").wait_for())
    page.locator("input[name=username]").fill("admin")
    page.locator("input[name=password]").fill(stack.env["TELAR_AIRFLOW_PASSWORD"])
    page.locator("input[type=submit], button[type=submit]").first.click()
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    shoot(stack, page, "airflow")
    page.close()


def follow(stack: Stack, context: BrowserContext, link: str, title: str) -> None:
    """Open a link, whose page must get a title that holds these words."""

    def titled(page: Page) -> None:
        page.wait_for_function("words => document.title.includes(words)", arg=title)

    page = open_page(context, link, titled)
    shoot(stack, page, "-".join(["link", *re.findall(r"[a-z]\w*", title.lower())]))
    page.close()


def _chromium() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium found; `apt-get install -y chromium` brings one", pytrace=False)
    return found
