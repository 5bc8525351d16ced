"""Home: where everything is, how it is right now, and where the rows of every use case come from."""

import streamlit as st

from services.portal.drawing import grid, provenance_badges
from services.portal.feeds import Feeds
from services.portal.health import Health, State, check_all
from services.portal.origins import Origin, origins
from services.portal.reading import reading_text
from services.portal.surroundings import Surroundings, surroundings
from services.portal.trouble import drawn, needs
from services.portal.words import STATE, counted, plain, sample_warning, when
from telar.adapters.warehouse import history_cycles
from telar.adapters.warehouse.history import stored_origins
from telar.adapters.warehouse.history_lines import CycleLine, StoredOrigin
from telar.links import Link, dag_link, links

COLUMNS = 3
GRACE_SECONDS = 1.0


def page() -> None:
    """Draws the page; only the services' health renews itself."""
    around = surroundings()
    st.title("Telar")
    st.caption("From a data API to a served model: pipelines, experiments, predictions and their history in one place.")
    _data(around)
    st.header("Services")
    st.fragment(_services, run_every=around.portal.refresh_seconds)(around)


def _data(around: Surroundings) -> None:
    feeds, stored, cycles = Feeds(), list[StoredOrigin](), list[CycleLine]()
    st.header("Data")
    with needs("The data API"):
        feeds = around.data_api.feeds()
    with needs("The warehouse"):
        stored = stored_origins(around.warehouse)
        cycles = history_cycles.cycles(around.warehouse)
    found = origins(feeds.feeds, stored)
    if made_up := [each.use_case for each in found if each.generated]:
        st.warning(sample_warning(made_up), icon=":material/science:")
    for name, reason in feeds.broken.items():
        st.error(f"**The use case `{name}` cannot be loaded.** {plain(reason)}", icon=":material/broken_image:")
    if not found:
        st.caption("No use case is known yet.")
    for cell, origin in zip(grid(len(found), min(len(found), 2)), found, strict=True):
        with cell:
            _origin(around, origin, [line for line in cycles if line.use_case == origin.use_case])


def _origin(around: Surroundings, origin: Origin, cycles: list[CycleLine]) -> None:
    st.markdown(f"#### {origin.title} {provenance_badges(origin.provenances)}")
    if origin.feed is not None:
        st.markdown(f"**On offer:** {plain(origin.feed.origin)}")
    for each in origin.stored:
        batches = counted(each.batches, "batch", "batches")
        st.markdown(
            f"**Stored:** {batches} with {each.rows:,} rows from {plain(each.origin)}, "
            f"the last on {when(each.last_received_at)}"
        )
    if not origin.stored:
        st.markdown("**Stored:** nothing yet")
    if told := reading_text(cycles, origin.feed):
        st.markdown(f"**Read:** {told}")
    st.markdown(f"[Its pipeline in Airflow]({dag_link(around.places, origin.use_case)})")


def _services(around: Surroundings) -> None:
    known = {link.service: link for link in links(around.places, around.portal)}
    seconds = around.portal.probe_seconds + GRACE_SECONDS
    states = [*check_all(around.probes(), seconds), Health("portal", State.UP, "you are looking at it", None)]
    for cell, health in zip(grid(len(states), COLUMNS), states, strict=True):
        with cell:
            _service(health, known.get(health.service))


def _service(health: Health, link: Link | None) -> None:
    word, colour, icon = STATE[health.state]
    title, purpose = (link.title, link.purpose) if link else ("Warehouse", "Batches, decisions and predictions")
    took = f" · {health.milliseconds} ms" if health.milliseconds is not None else ""
    with st.container(gap="xsmall"):  # one piece, so that the buttons of a row stand side by side below it
        st.markdown(f"**{title}** :{colour}-badge[{icon} {word}]  \n{purpose}")
        st.caption(f"{plain(health.reason)}{took}")
    if link and link.way:
        st.caption(link.way)
    if link and link.url and health.state is not State.OFF:
        st.link_button(f"Open {link.title}", link.url, icon=":material/open_in_new:", width="stretch")


drawn(page)
