"""Predict asks what the loaded version asks for, and says what the API says."""

import pytest

from tests.services.portal.conftest import OpenPage, press, texts

LENGTH, COUNT, COLOUR = (f"form/tiny/7/{name}" for name in ("Length", "Count", "Colour"))


@pytest.mark.usefixtures("inference")
def test_the_form_has_the_fields_of_the_contract(open_page: OpenPage) -> None:
    app = open_page("predict")
    assert [field.label for field in app.number_input] == ["Length (m)", "Count"]
    assert app.selectbox(key=COLOUR).options == ["red · Red", "green · Green", "blue · Blue"]
    assert app.number_input(key=LENGTH).placeholder == "0 to 100 m"
    assert app.number_input(key=LENGTH).help == "From end to end. Allowed: 0 to 100 m."
    assert app.number_input(key=COUNT).value is None


@pytest.mark.usefixtures("inference")
def test_the_example_fills_the_form_and_is_predicted(open_page: OpenPage) -> None:
    app = press(open_page("predict"), "Load example values")
    assert (app.number_input(key=LENGTH).value, app.number_input(key=COUNT).value) == (4.2, 30)
    assert app.selectbox(key=COLOUR).value == "red"
    app = press(app, "Predict")
    assert app.metric[0].label == "Kind"
    assert app.metric[0].value in ("Core", "Middle", "Edge")
    assert "Model `tiny` version **7**" in texts(app)
    assert len(app.code[0].value) == 36, "the request id is shown"
    assert app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart"), "the probabilities are drawn"


@pytest.mark.usefixtures("inference")
def test_an_empty_form_says_at_each_field_that_it_is_required(open_page: OpenPage) -> None:
    shown = texts(press(open_page("predict"), "Predict"))
    assert "breaks the model's contract" in shown
    assert shown.count("is required") == 3


@pytest.mark.usefixtures("inference")
def test_a_number_out_of_range_is_sent_as_typed_and_the_rule_stands_at_its_field(open_page: OpenPage) -> None:
    app = press(open_page("predict"), "Load example values")
    app.number_input(key=LENGTH).set_value(5000.0)
    app = press(app, "Predict")
    assert "Length must be a number between 0 and 100 m" in texts(app)
    assert not app.metric
    assert app.number_input(key=LENGTH).value == 5000.0, "what was typed stays to be mended"


@pytest.mark.usefixtures("inference")
def test_a_mended_record_is_answered_and_the_complaint_goes_away(open_page: OpenPage) -> None:
    app = press(open_page("predict"), "Load example values")
    app.number_input(key=LENGTH).set_value(5000.0)
    app = press(app, "Predict")
    app.number_input(key=LENGTH).set_value(5.0)
    app = press(app, "Predict")
    assert "must be" not in texts(app)
    assert app.metric


@pytest.mark.usefixtures("inference")
def test_clearing_empties_every_field_and_the_answer(open_page: OpenPage) -> None:
    app = press(press(press(open_page("predict"), "Load example values"), "Predict"), "Clear")
    assert app.number_input(key=LENGTH).value is None
    assert app.selectbox(key=COLOUR).value is None
    assert not app.metric


@pytest.mark.usefixtures("inference")
def test_a_model_trained_on_generated_rows_says_so_although_the_warehouse_is_away(open_page: OpenPage) -> None:
    shown = texts(open_page("predict"))
    assert "GENERATED SAMPLE" in shown
    assert "say nothing about the real world" in shown


def test_without_the_inference_api_the_page_names_it(open_page: OpenPage) -> None:
    app = open_page("predict")
    assert "**The inference API is away.**" in texts(app)
    assert not app.number_input


def test_the_inference_api_may_leave_between_the_form_and_the_question(
    open_page: OpenPage, inference: str, nowhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = press(open_page("predict"), "Load example values")
    monkeypatch.setenv("TELAR_INFERENCE_URL", f"http://{nowhere}")
    app = press(app, "Predict")
    assert not app.exception
    assert "**The inference API is away.**" in texts(app)
    assert inference not in texts(app)
