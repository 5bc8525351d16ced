"""History: every batch, decision, promotion and run, with the reason of each."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from services.portal.listings import batch_rows, check_rows, decision_rows, promotion_rows, run_rows
from services.portal.surroundings import Surroundings, surroundings
from services.portal.trouble import drawn, needs
from services.portal.words import plain, when
from telar.adapters.warehouse import Warehouse, history
from telar.adapters.warehouse.history_lines import DecisionLine

EVERY = "All use cases"
WIDTHS = {
    "Received (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", width=150),
    "Taken (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", width=150),
    "Written (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", width=150),
    "Started (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", width=150),
    "Use case": st.column_config.TextColumn(width=110),
    "Cycle": st.column_config.NumberColumn(width=60),
    "Batch": st.column_config.NumberColumn(width=60),
    "Rows": st.column_config.NumberColumn(width=80, format="localized"),
    "Clean": st.column_config.NumberColumn(width=80, format="localized"),
    "Rows from": st.column_config.TextColumn(width=160),
    "Version": st.column_config.TextColumn(width=70),
    "Before": st.column_config.TextColumn(width=70),
    "Reason": st.column_config.TextColumn(width="large"),
}


def page() -> None:
    """Draws the four tables of the use case chosen."""
    around = surroundings()
    st.title("History")
    with needs("The warehouse"):
        store = around.warehouse
        names = history.use_cases(store)
        if not names:
            st.info("Nothing has run yet. The first run of a pipeline leaves its batch, decision and promotion here.")
            return
        chosen = st.selectbox("Use case", [EVERY, *names], key="use-case", width=320)
        _tabs(around, store, None if chosen == EVERY else chosen)


def _tabs(around: Surroundings, store: Warehouse, use_case: str | None) -> None:
    most = around.portal.history_rows
    batches, decisions, promotions, runs = st.tabs(["Batches", "Decisions", "Promotions", "Runs"])
    with batches:
        st.caption("What was fetched, how far it came, and what was made of it.")
        _table(batch_rows, history.batches(store, use_case, most), most)
    with decisions:
        st.caption("Why a model was trained or promoted, or not: every check with its value and its threshold.")
        _decisions(history.decisions(store, use_case, most), most)
    with promotions:
        st.caption("The ledger: what was in production when, by whom and why. Its lines cannot be changed.")
        _table(promotion_rows, history.promotions(store, use_case, most), most)
    with runs:
        st.caption("Every run of a pipeline, those that failed or found no more data among them.")
        _table(run_rows, history.runs(store, use_case, most), most)


def _table(shape: Callable[[Sequence[Any]], list[dict[str, Any]]], lines: Sequence[Any], most: int) -> None:
    if not lines:
        st.info("Nothing yet.")
        return
    st.dataframe(shape(lines), hide_index=True, column_config=WIDTHS, width="stretch")
    if len(lines) == most:
        st.caption(f"The newest {most}; TELAR_PORTAL_HISTORY_ROWS shows more.")


def _decisions(lines: Sequence[DecisionLine], most: int) -> None:
    _table(decision_rows, lines, most)
    if not lines:
        return
    chosen = st.selectbox("Checks of", lines, format_func=_told, key="decision")
    st.markdown(f"**{chosen.choice.capitalize()}**: {plain(chosen.reason)}")
    st.dataframe(check_rows(chosen), hide_index=True, width="content")


def _told(line: DecisionLine) -> str:
    batch = f"batch {line.batch_number}" if line.batch_number is not None else "no batch"
    return f"{when(line.created_at)} · {line.use_case} · {batch} · {line.kind}: {line.choice}"


drawn(page)
