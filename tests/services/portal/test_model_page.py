"""The model's page tells what is loaded and what it asks for, and reloads with the key of the settings."""

import pytest

from tests.services.portal.conftest import KEY, OpenPage, press, texts

RELOAD = "Load the promoted version now"


@pytest.mark.usefixtures("inference")
def test_version_and_contract_are_shown_as_tables_for_people(open_page: OpenPage) -> None:
    app = open_page("model")
    assert {each.label: each.value for each in app.metric} | {"Loaded": ""} == {
        "Version": "7",
        "Loaded": "",
        "Task": "Classification",
        "Fields": "3",
    }
    metrics, columns, classes = (each.value for each in app.dataframe)
    assert metrics.to_dict("records")[1] == {
        "Metric": "Macro F1",
        "Train": "0.91",
        "Validation": "0.88",
        "Test": "0.8765",
    }
    assert columns["Allowed"].tolist() == ["0 to 100 m", "0 to 1,000", "Red, Green, Blue"]
    assert classes["Class"].tolist() == ["Core", "Middle", "Edge"]
    assert not app.get("json")


@pytest.mark.usefixtures("inference")
def test_generated_rows_are_called_so(open_page: OpenPage) -> None:
    assert "GENERATED SAMPLE" in texts(open_page("model"))


@pytest.mark.usefixtures("inference")
def test_without_a_key_the_reload_names_the_variable(open_page: OpenPage) -> None:
    assert r"TELAR\_INFERENCE\_RELOAD\_KEY is not set" in texts(press(open_page("model"), RELOAD))


@pytest.mark.usefixtures("inference")
def test_a_wrong_key_is_refused_and_said_so(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELAR_INFERENCE_RELOAD_KEY", "another")
    shown = texts(press(open_page("model"), RELOAD))
    assert "**The inference API refused.**" in shown
    assert "is not that of" in shown


@pytest.mark.usefixtures("inference")
def test_a_reload_that_cannot_reach_mlflow_says_so_and_the_version_stays(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELAR_INFERENCE_RELOAD_KEY", KEY)
    app = press(open_page("model"), RELOAD)
    assert "MLflow does not answer" in texts(app)
    assert app.metric[0].value == "7"


def test_without_the_inference_api_the_page_names_it(open_page: OpenPage) -> None:
    assert "**The inference API is away.**" in texts(open_page("model"))


@pytest.mark.usefixtures("inference_without_model")
def test_with_nothing_loaded_the_page_says_what_to_run_and_still_offers_the_reload(open_page: OpenPage) -> None:
    app = open_page("model")
    assert "**No model is loaded.**" in texts(app)
    assert "run the DAG tiny" in texts(app)
    assert [button.label for button in app.button] == [RELOAD]
