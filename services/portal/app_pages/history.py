"""History: every batch, decision, promotion and run, with the reason of each."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from services.portal.checks import check_rows
from services.portal.feeds import Feeds
from services.portal.listings import COLOURS, batch_rows, decision_rows, promotion_rows, run_rows
from services.portal.reading import reading_rows
from services.portal.surroundings import Surroundings, surroundings
from services.portal.trouble import drawn, needs
from services.portal.words import plain, when
from telar.adapters.warehouse import Warehouse, history, history_cycles
from telar.adapters.warehouse.history_lines import CycleLine, DecisionLine
from telar.domain.errors import ServiceUnavailable

MAY_BE_EMPTY = ("Part", "Left", "Lost batches")
EVERY = "All use cases"
MOMENT = st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", width=145)
WIDTHS = {
    **dict.fromkeys(("Received (UTC)", "Taken (UTC)", "Written (UTC)", "Started (UTC)", "Began (UTC)"), MOMENT),
    **dict.fromkeys(("Cycle", "Batch", "Version", "Before"), st.column_config.Column(width=62)),
    "Part": st.column_config.TextColumn(width=140),
    "What came of it": st.column_config.MultiselectColumn(
        width=165, options=list(COLOURS), color=list(COLOURS.values()), disabled=True
    ),
    "Rows read": st.column_config.TextColumn(width=140),
    **dict.fromkeys(("Rows", "Clean rows"), st.column_config.NumberColumn(width=75, format="localized")),
    **dict.fromkeys(("Decision", "Question", "Kind", "Seconds"), st.column_config.Column(width=80)),
    **dict.fromkeys(("Status", "Outcome", "Use case"), st.column_config.Column(width=105)),
    "State": st.column_config.TextColumn(width=210),
    "Left": st.column_config.TextColumn(width=160),
    "Rows from": st.column_config.TextColumn(width=140),
    "Reason": st.column_config.TextColumn(width=430),
    "MLflow run": st.column_config.TextColumn(width=250),
}
CHECK_WIDTHS = {
    "Check": st.column_config.TextColumn(width=330),
    "Value": st.column_config.TextColumn(width=160),
    "Threshold": st.column_config.TextColumn(width=160),
    "Result": st.column_config.TextColumn(width=90),
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
        chosen = st.selectbox("Use case", [EVERY, *names], index=int(len(names) == 1), key="use-case", width=320)
        _tabs(around, store, None if chosen == EVERY else chosen)


def _tabs(around: Surroundings, store: Warehouse, use_case: str | None) -> None:
    most = around.portal.history_rows
    batches, sources, decisions, promotions, runs = st.tabs(["Batches", "Sources", "Decisions", "Promotions", "Runs"])
    with batches:
        st.caption("What was fetched, how far it came, and what was made of it.")
        _table(batch_rows, history.batches(store, use_case, most), most)
    with sources:
        st.caption("How far each source was read, and when it was begun again: each time is a cycle of its own.")
        _reading(around, history_cycles.cycles(store, use_case))
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
    rows = shape(lines)
    _draw(rows)
    if len(lines) == most:
        st.caption(f"The newest {most}; TELAR_PORTAL_HISTORY_ROWS shows more.")


def _reading(around: Surroundings, lines: Sequence[CycleLine]) -> None:
    if not lines:
        st.info("Nothing yet.")
        return
    feeds = Feeds()
    with suppress(ServiceUnavailable):  # it only adds how much there is in all
        feeds = around.data_api.feeds()
    _draw(reading_rows(lines, feeds.feeds))


def _draw(rows: list[dict[str, Any]]) -> None:
    """A table, without the column of use cases where there is one only, and without columns that say nothing."""
    several = len({row["Use case"] for row in rows}) > 1
    told = [name for name in rows[0] if several or name != "Use case"]
    told = [name for name in told if name not in MAY_BE_EMPTY or any(row[name] for row in rows)]
    st.dataframe(rows, hide_index=True, column_config=WIDTHS, column_order=told, width="stretch", placeholder="–")


def _decisions(lines: Sequence[DecisionLine], most: int) -> None:
    _table(decision_rows, lines, most)
    if not lines:
        return
    chosen = st.selectbox("Checks of", lines, format_func=_told, key="decision")
    st.markdown(f"**{chosen.choice.capitalize()}**: {plain(chosen.reason)}")
    st.dataframe(check_rows(chosen), hide_index=True, column_config=CHECK_WIDTHS, width="content")


def _told(line: DecisionLine) -> str:
    batch = f"batch {line.batch_number}" if line.batch_number is not None else "no batch"
    return f"{when(line.created_at)} · {line.use_case} · {batch} · {line.kind}: {line.choice}"


drawn(page)
