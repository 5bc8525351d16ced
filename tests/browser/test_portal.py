"""A person before the portal, in a real Chromium."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Portal

pytestmark = pytest.mark.timeout(600)


def test_home_says_how_everything_is_and_calls_generated_rows_so(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("GENERATED SAMPLE").first).to_be_visible()
    expect(page.get_by_text("serves tiny version 1")).to_be_visible()
    expect(page.get_by_text("nothing answers at")).to_be_visible()  # Airflow is away, and Home says so
    expect(page.get_by_role("link", name="Open MLflow")).to_have_attribute("href", "http://127.0.0.1:8084/")


def test_a_person_loads_the_example_and_gets_a_prediction(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Predict").click()
    page.get_by_role("button", name="Load example values").click()
    expect(page.get_by_role("spinbutton", name="Length (m)")).to_have_value("4.20")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(page.get_by_text("answered in")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()


def test_a_number_beyond_the_limits_is_told_at_its_field(page: Page) -> None:
    page.goto("/predict")
    page.get_by_role("button", name="Load example values").click()
    length = page.get_by_role("spinbutton", name="Length (m)")
    expect(length).to_have_value("4.20")
    length.fill("5000")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(page.get_by_text("Length must be a number between 0 and 100 m")).to_be_visible()
    expect(length).to_have_value("5000.00")


def test_every_table_of_the_history_is_drawn(page: Page) -> None:
    page.goto("/history")
    for tab in ("Batches", "Decisions", "Promotions", "Runs"):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_test_id("stDataFrame").filter(visible=True).first).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_promotion_made_in_mlflow_is_loaded_by_the_button(page: Page, portal: Portal) -> None:
    portal.run_pipeline("--force")
    portal.promote_by_hand("2")
    page.goto("/model")
    page.get_by_role("button", name="Load the promoted version now").click()
    expect(page.get_by_text("Version 2 is loaded and serves now; before it was 1.")).to_be_visible()
