"""Predict: a form built from the contract of the version that is loaded, and the answer to one record."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from services.portal.asked import Asked, ask_model, filler, form_key
from services.portal.chart import probability_chart
from services.portal.drawing import choose_model, training_rows_note
from services.portal.form import FormField, example_values, form_fields
from services.portal.models import LoadedModel, Prediction
from services.portal.surroundings import Surroundings, surroundings
from services.portal.trouble import draw, drawn, needs
from services.portal.words import plain

COLUMNS = 2


def page() -> None:
    """Draws the page for the model chosen."""
    around = surroundings()
    st.title("Predict")
    with needs("The inference API"):
        name = choose_model(around)
        if name is not None:
            model = around.models.loaded(name)
            training_rows_note(around, model)
            left, right = st.columns([3, 2], gap="large")
            with left:
                _form(around, model)
            with right:
                _answer(model, st.session_state.get(form_key(model)))


def _form(around: Surroundings, model: LoadedModel) -> None:
    fields = form_fields(model.contract)
    asked: Asked = st.session_state.get(form_key(model)) or Asked()
    example, empty = st.columns(2)
    fill = filler(st.session_state, model, example_values(model.contract))
    clear = filler(st.session_state, model, dict.fromkeys((field.name for field in fields), None))
    example.button("Load example values", on_click=fill, icon=":material/edit_note:", width="stretch")
    empty.button("Clear", on_click=clear, icon=":material/backspace:", width="stretch")

    def submit() -> None:
        values = {field.name: st.session_state.get(form_key(model, field.name)) for field in fields}
        st.session_state[form_key(model)] = ask_model(around.models, model, fields, values)

    with st.form(form_key(model, "form"), enter_to_submit=True):
        for start in range(0, len(fields), COLUMNS):
            row = fields[start : start + COLUMNS]
            for cell, field in zip(st.columns(COLUMNS)[: len(row)], row, strict=True):
                _input(cell, model, field, asked.rules.get(field.name))
        st.form_submit_button("Predict", type="primary", on_click=submit, icon=":material/bolt:", width="stretch")


def _input(cell: DeltaGenerator, model: LoadedModel, field: FormField, broken: str | None) -> None:
    key = form_key(model, field.name)
    if field.numeric:
        whole = isinstance(field.step, int)
        cell.number_input(
            field.label,
            value=None,
            step=field.step,
            format="%d" if whole else None,
            key=key,
            help=field.help,
            placeholder=field.hint,
        )
    elif field.options:
        cell.selectbox(
            field.label,
            list(field.options),
            index=None,
            format_func=lambda value: field.options.get(value, value),
            key=key,
            help=field.help,
            placeholder="Choose",
        )
    else:
        cell.text_input(field.label, value=None, key=key, help=field.help, placeholder=field.hint)
    if broken:
        cell.caption(f":red[:material/error: {plain(f'{field.title} {broken}')}]")


def _answer(model: LoadedModel, asked: Asked | None) -> None:
    if asked is None:
        st.info("Fill in the form, or load the example values, and press Predict.", icon=":material/arrow_back:")
    elif asked.prediction is not None:
        _prediction(model, asked.prediction)
    elif asked.rules or asked.others:
        st.error("**The record breaks the model's contract.** The fields say what to mend.", icon=":material/rule:")
        for problem in asked.others:
            st.markdown(f"- `{problem.field}` {plain(problem.rule)}")
        if asked.others:
            st.caption("The form does not show these fields: another version was loaded meanwhile. Reload the page.")
    elif asked.error is not None:
        draw("The inference API", asked.error)


def _prediction(model: LoadedModel, prediction: Prediction) -> None:
    with st.container(border=True):
        st.metric(model.contract.target.label, prediction.label)
        if prediction.probabilities:
            st.altair_chart(probability_chart(prediction.probabilities), width="stretch")
        took = f"answered in {prediction.milliseconds:.3g} ms"
        st.markdown(f"Model `{prediction.model}` version **{prediction.version}** · {took}")
        st.caption("Request id")
        st.code(prediction.request_id, language=None)


drawn(page)
