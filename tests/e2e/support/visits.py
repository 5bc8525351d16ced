"""What a person does in the browser: looks at every page of the portal, follows every link, asks for a prediction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from services.portal.words import when
from telar.use_cases import discover
from tests.e2e.support.browser import (
    follow,
    links_of,
    log_in_to_airflow,
    open_portal,
    person,
    shoot,
    strangers,
)
from tests.e2e.support.stack import Stack

PAGES = {"home": "/", "predict": "/predict", "history": "/history", "model": "/model"}


def visit_everything(stack: Stack, name: str, version: str, adminer: bool = False) -> None:
    """Every page of the portal, and every link on them: those that there should be, each to a page of its title."""
    titles = _titles(stack, name, version, adminer)
    with person(stack) as context:
        found = strangers(context)
        assert _links_of_every_page(stack, context) == set(titles)
        _predict_by_form(stack, context)
        assert found == [], "the portal sends browsers to strangers"
        log_in_to_airflow(stack, context)
        for link, title in titles.items():
            follow(stack, context, link, title)


def _titles(stack: Stack, name: str, version: str, adminer: bool) -> dict[str, str]:
    """The links of the portal, and a part of the title that each one's page shows to somebody who is logged in."""
    return {
        f"{stack.url('AIRFLOW')}/": "Home - Airflow",
        **{f"{stack.url('AIRFLOW')}/dags/{dag}": f"{title} - Airflow" for dag, title in _pipelines().items()},
        f"{stack.url('MLFLOW')}/": "Home - MLflow",
        f"{stack.url('MLFLOW')}/#/models/{name}/versions/{version}": f"{name} v{version} - MLflow",
        f"{stack.url('INFERENCE')}/docs": "Telar inference",
        f"{stack.url('MINIO_CONSOLE')}/": "Console",
        **({f"{stack.url('ADMINER')}/": "Login - Adminer"} if adminer else {}),
    }


def _pipelines() -> dict[str, str]:
    """The title of each built-in use case, by its name."""
    return {name: use_case.title for name, use_case in discover(None).use_cases.items()}


def _links_of_every_page(stack: Stack, context: BrowserContext) -> set[str]:
    links: set[str] = set()
    for name, path in PAGES.items():
        page = open_portal(stack, context, path)
        links |= links_of(page)
        shoot(stack, page, f"portal-{name}")
        page.close()
    return links


def _predict_by_form(stack: Stack, context: BrowserContext) -> None:
    page = open_portal(stack, context, PAGES["predict"])
    page.get_by_role("button", name="Load example values").click()
    for kind in ("spinbutton", "combobox"):  # filled one after the other
        expect(page.get_by_role(kind).last).not_to_have_value("")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(page.get_by_text("answered in")).to_be_visible()
    shoot(stack, page, "portal-prediction")
    page.close()


def fill_in_the_form(stack: Stack, name: str, values: Mapping[str, str], answer: str) -> None:
    """The portal's form for a model asks for these numbers and no others, and answers with ``answer``."""
    with person(stack) as context:
        page = open_portal(stack, context, PAGES["predict"])
        page.get_by_role("combobox", name="Model").click()
        page.get_by_role("option", name=name).click()
        expect(page.get_by_role("spinbutton")).to_have_count(len(values))
        for label, value in values.items():
            page.get_by_role("spinbutton", name=label).fill(value)
        page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
        expect(page.get_by_text("answered in")).to_be_visible()
        expect(page.get_by_text(answer).first).to_be_visible()
        shoot(stack, page, f"portal-form-{name}")


def reasons_in_the_history(stack: Stack, decisions: Sequence[Mapping[str, Any]]) -> None:
    """The portal's history shows each of these decisions with its reason to who chooses it."""
    with person(stack) as context:
        for number, each in enumerate(decisions):
            page = open_portal(stack, context, PAGES["history"])
            page.get_by_role("tab", name="Decisions").click()
            chosen = page.get_by_role("combobox", name="Checks of")
            chosen.click()
            choice = f"{each['use_case']} · batch {each['batch_number']} · {each['kind']}: {each['choice']}"
            chosen.fill(f"{when(each['created_at'].replace(tzinfo=UTC))} · {choice}")
            page.get_by_role("option").first.click()
            expect(page.locator("p").filter(has_text=each["reason"])).to_be_visible()
            shoot(stack, page, f"portal-reason-{number}")
            page.close()


def told_on_home(stack: Stack) -> str:
    """All that Home says, once every service was asked."""
    with _home(stack) as page:
        return page.inner_text("body")


def states_on_home(stack: Stack) -> dict[str, str]:
    """The state that Home shows for each service, by the service's title."""
    with _home(stack) as page:
        cards = page.locator("p:has(> strong):has(.stMarkdownBadge)")
        titles = cards.locator("strong").all_inner_texts()
        badges = cards.locator(".stMarkdownBadge").all_inner_texts()
        return {title: badge.split()[-1] for title, badge in zip(titles, badges, strict=True)}


@contextmanager
def _home(stack: Stack) -> Iterator[Page]:
    with person(stack) as context:
        page = open_portal(stack, context)
        expect(page.get_by_text("you are looking at it")).to_be_visible()
        shoot(stack, page, "portal-home-later")
        yield page
