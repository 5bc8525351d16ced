"""How the portal words things: provenance, states, times and numbers."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import cycle
from typing import Literal

from services.portal.health import State
from telar.domain.description.wording import listed
from telar.domain.lifecycle import Provenance
from telar.domain.metrics import IN_WORDS
from telar.domain.partitions import Partition
from telar.domain.wording import figure as written
from telar.domain.wording import percent

Colour = Literal["red", "orange", "green", "blue", "gray"]

PROVENANCE: dict[Provenance, tuple[str, Colour]] = {
    Provenance.SAMPLE: ("GENERATED SAMPLE", "orange"),
    Provenance.FILE: ("Real data, from a file", "green"),
    Provenance.DOWNLOAD: ("Real data, downloaded", "green"),
    Provenance.UPSTREAM: ("Upstream API, origin not told", "gray"),
}
ROWS_FROM: dict[Provenance, str] = {
    Provenance.SAMPLE: "GENERATED SAMPLE",
    Provenance.FILE: "real, file",
    Provenance.DOWNLOAD: "real, download",
    Provenance.UPSTREAM: "upstream API",
}
STATE: dict[State, tuple[str, Colour, str]] = {
    State.UP: ("Up", "green", ":material/check_circle:"),
    State.DEGRADED: ("Degraded", "orange", ":material/error:"),
    State.DOWN: ("Down", "red", ":material/cancel:"),
    State.OFF: ("Not started", "gray", ":material/power_off:"),
}
PART: dict[Partition, str] = {"train": "training", "validation": "validation", "test": "test"}
_ESCAPED = re.compile(r"[\\`*_\[\]$<>#~|:{}]")
IN_TARGETS_UNIT = ("mae", "rmse")
SAMPLE_WARNING = (
    "**GENERATED SAMPLE.** {names} on rows that Telar made up, because neither a file nor a download was at hand. "
    "Metrics and predictions from them say nothing about the real world."
)


def sample_warning(names: Iterable[str]) -> str:
    """The warning that no page may leave out where generated rows are at work."""
    told = sorted(names)
    return SAMPLE_WARNING.format(names=f"{listed(told, 'and', code=True)} {'runs' if len(told) == 1 else 'run'}")


def when(moment: datetime | None) -> str:
    """A time as people read it, in UTC; a dash where there is none."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if moment else "–"


def plain(text: str) -> str:
    """A foreign text in Markdown as it is: addresses as code (they may be reachable from the portal only)."""
    parts = re.split(r"(https?://\S+)", text)
    return "".join(f"`{part}`" if odd else _ESCAPED.sub(r"\\\g<0>", part) for part, odd in zip(parts, cycle((0, 1))))


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def figure(value: float | str | bool | None) -> str:
    """A measured value or a threshold, short enough for a table."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return written(value) if isinstance(value, float) else str(value)


def metric_words(code: str, unit: str = "") -> str:
    """A metric as a heading, with the unit of those that have the target's: "Mean absolute error (EUR)"."""
    words = IN_WORDS.get(code, spoken(code))
    return f"{words[:1].upper()}{words[1:]}" + (f" ({unit})" if unit and code in IN_TARGETS_UNIT else "")


def metric_figure(code: str, value: float | None) -> str | None:
    """A metric's value as text; shares of the truth as percentages."""
    if value is None:
        return None
    return percent(value) if code == "median_absolute_percentage_error" else written(value)


def spoken(word: str) -> str:
    """A snake_case word as text: ``not_trained`` is "not trained"."""
    return word.replace("_", " ")
