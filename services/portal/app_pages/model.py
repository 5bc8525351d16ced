"""Model: what is loaded, what it asks for, how good it was, and a button that loads the promoted version now."""

import streamlit as st

from services.portal.contract_rows import PARTITION_HEADS, class_rows, column_rows, metric_rows
from services.portal.drawing import choose_model, training_rows_note
from services.portal.models import LoadedModel, Reloaded
from services.portal.surroundings import Surroundings, surroundings
from services.portal.trouble import draw, drawn, needs
from services.portal.words import plain, when
from telar.domain.errors import TelarError
from telar.links import model_link

OUTCOME = "reload-outcome"
RELOADED = {
    "loaded": "Version {version} is loaded and serves now; before it was {before}.",
    "unchanged": "Version {version} is what is promoted, and it was loaded already.",
    "stopped": "No version is promoted any more, so version {before} stopped serving.",
    "waiting": "Version {version} goes on serving; the promoted one failed before and is tried again later.",
}


def page() -> None:
    """Draws the page for the model chosen."""
    around = surroundings()
    st.title("Model")
    with needs("The inference API"):
        name = choose_model(around)
        if name is not None:
            _reload(around, name)
            model = around.models.loaded(name)
            training_rows_note(around, model)
            _summary(around, model)
            _metrics(model)
            _contract(model)


def _summary(around: Surroundings, model: LoadedModel) -> None:
    version, loaded, task, fields = st.columns([1, 2, 1, 1])
    version.metric("Version", model.version, border=True)
    loaded.metric("Loaded", when(model.loaded_at), border=True)
    task.metric("Task", model.contract.task.capitalize(), border=True)
    fields.metric("Fields", len(model.contract.columns), border=True)
    if model.failure is not None:
        failed = model.failure
        st.error(
            f"**Version {failed.version} could not be loaded**; version {model.version} goes on serving. "
            f"{plain(failed.reason)} ({when(failed.at)})",
            icon=":material/report:",
        )
    st.markdown(f"[This version in MLflow]({model_link(around.places, model.name, model.version)})")


def _reload(around: Surroundings, name: str) -> None:
    def reload() -> None:
        try:
            st.session_state[OUTCOME] = around.models.reload(name)
        except TelarError as error:
            st.session_state[OUTCOME] = error

    why = "The inference API looks for a promotion by itself every few seconds; this makes it look at once."
    st.button("Load the promoted version now", on_click=reload, icon=":material/refresh:", help=why)
    outcome: Reloaded | TelarError | None = st.session_state.pop(OUTCOME, None)
    if isinstance(outcome, TelarError):
        draw("The inference API", outcome)
    elif outcome is not None:
        before = outcome.previous_version or "none"
        told = RELOADED[outcome.outcome].format(version=outcome.version, before=before)
        st.success(told, icon=":material/check_circle:")


def _metrics(model: LoadedModel) -> None:
    st.header("Metrics")
    rows = metric_rows(model.metrics, model.contract.target.unit)
    if rows:
        short = st.column_config.TextColumn(width=110)
        widths = {"Metric": st.column_config.TextColumn(width=260), **dict.fromkeys(PARTITION_HEADS, short)}
        st.dataframe(rows, hide_index=True, width="content", column_config=widths, placeholder="–")
    else:
        st.info("This version tells no metrics.")


def _contract(model: LoadedModel) -> None:
    st.header("What it asks for")
    st.dataframe(column_rows(model.contract), hide_index=True, width="stretch")
    target = model.contract.target
    st.header("What it answers")
    if target.classes:
        st.dataframe(class_rows(model.contract), hide_index=True, width="content")
    else:
        st.markdown(f"**{target.label}**" + (f", in {target.unit}" if target.unit else ""))


drawn(page)
