"""The shapes that several pages draw alike."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from services.portal.models import LoadedModel
from services.portal.surroundings import Surroundings
from services.portal.trouble import needs
from services.portal.words import PROVENANCE, plain, sample_warning
from telar.adapters.warehouse.history import trained_on
from telar.domain.lifecycle import Provenance


def grid(count: int, columns: int) -> list[DeltaGenerator]:
    """``count`` bordered cards of one height, ``columns`` to a row."""
    cells: list[DeltaGenerator] = []
    while len(cells) < count:
        row = st.columns(columns)[: count - len(cells)]
        cells.extend(cell.container(border=True, height="stretch", vertical_alignment="distribute") for cell in row)
    return cells


def provenance_badges(provenances: Sequence[Provenance]) -> str:
    """Markdown badges that say where rows come from."""
    return " ".join(f":{PROVENANCE[each][1]}-badge[{PROVENANCE[each][0]}]" for each in provenances)


def choose_model(around: Surroundings) -> str | None:
    """A box with every model that inference knows, loaded or not; the one chosen, None where there is none.

    Raises:
        ServiceError: inference is away.
    """
    names = around.models.names()
    if not names:
        st.info("**No model yet.** Run a pipeline in Airflow; the first promoted model appears here by itself.")
        return None
    return st.selectbox("Model", names, key="model", width=320)


def training_rows_note(around: Surroundings, model: LoadedModel) -> None:
    """Title, version and where the rows came from that this version was trained on; generated ones with a warning."""
    found: set[Provenance] = {model.provenance} if model.provenance else set()
    if Provenance.SAMPLE not in found:  # the tag is that of one batch; another of its cycle may have been generated
        with needs("The warehouse"):
            found |= set(trained_on(around.warehouse, model.name, model.version))
    badges = provenance_badges(sorted(found)) if found else ":gray-badge[rows of unknown origin]"
    told = plain(model.origin or "")
    st.markdown(f"**{model.contract.title}** · version **{model.version}** · trained on {badges} {told}")
    if Provenance.SAMPLE in found:
        st.warning(sample_warning([model.name]), icon=":material/science:")
