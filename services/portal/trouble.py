"""A page that goes on when a service is away: the part that needed it says so, in plain words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from services.portal.words import plain
from telar.domain.errors import ConfigurationError, NotMigrated, ServiceRefused, TelarError


@contextmanager
def needs(service: str) -> Iterator[None]:
    """Draws what is inside; where Telar's errors end it, draws which ``service`` is missing and why instead."""
    try:
        yield
    except TelarError as error:
        draw(service, error)


def drawn(page: Callable[[], None]) -> None:
    """Draws a whole page; settings that cannot be used become a message too."""
    with needs("The portal"):
        page()


def draw(service: str, error: TelarError) -> None:
    """One message for one error: what is missing, why, and whether it is a fault or only too early."""
    words = plain(str(error))
    words = words[:1].upper() + words[1:]
    if isinstance(error, ServiceRefused) and error.code == "no_model":
        st.info(f"**No model is loaded.** {words}", icon=":material/hourglass_empty:")
    elif isinstance(error, ServiceRefused):
        st.error(f"**{service} refused.** {words}", icon=":material/block:")
    elif isinstance(error, ConfigurationError | NotMigrated):
        st.error(f"**{service} is not set up.** {words}", icon=":material/settings:")
    else:
        st.error(f"**{service} is away.** {words}", icon=":material/cloud_off:")
