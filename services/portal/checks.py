"""The checks of a decision as rows of a table, their names and figures as people read them."""

import re
from typing import Any

from services.portal.words import figure, spoken
from telar.adapters.warehouse.history_lines import DecisionLine
from telar.domain.decisions import Check
from telar.domain.drift import STATISTICS
from telar.domain.metrics import IN_WORDS
from telar.domain.wording import percent

VERDICTS = {"train": ("fired", "–"), "promote": ("passed", "FAILED"), "resume": ("right", "WRONG")}
AGAINST_BATCH = {code: f"{words}, change since the batch before" for code, words in STATISTICS.items()}
AGAINST_PRODUCTION = {
    "psi": "stability index against production's rows",
    "wasserstein": "standard deviations from production's rows",
    "new_share": "words that production never saw",
}
SHARES = {*AGAINST_BATCH, "new_share"}
NAMES = {
    "no_production_model": "Model in production",
    "forced": "Training forced",
    "pending_rows": "New rows pending",
    "index": "Index of the last batch",
    "first_missing": "First batch that is missing",
    "last_stored": "Last stored batch",
}
_METRIC = re.compile(r"\b(" + "|".join(sorted(IN_WORDS, key=len, reverse=True)) + r")\b")


def check_rows(decision: DecisionLine) -> list[dict[str, Any]]:
    """One row for each check of a decision, those that decided first: rules that fired, or demands not met."""
    yes, no = VERDICTS.get(decision.kind, ("yes", "no"))
    decisive = decision.kind == "train"
    ordered = sorted(decision.checks, key=lambda check: check.holds is not decisive)
    return [
        {
            "Check": check_name(check.name),
            "Value": _shown(check, check.value),
            "Threshold": _shown(check, check.threshold),
            "Result": yes if check.holds else no,
        }
        for check in ordered
    ]


def check_name(name: str) -> str:
    """A check's name in words: ``Length.q75`` is "Length: 75 % quantile, change since the batch before"."""
    column, dot, measure = name.rpartition(".")
    words = AGAINST_BATCH.get(measure) or AGAINST_PRODUCTION.get(measure)
    if dot and words:
        return f"{column}: {words}"
    told = NAMES.get(name) or _METRIC.sub(lambda found: IN_WORDS[found[0]], spoken_but_metrics(name))
    return told[:1].upper() + told[1:]


def spoken_but_metrics(name: str) -> str:
    """Without underscores, but for those of a metric's code, which is put into words as a whole."""
    return " ".join(word if word in IN_WORDS else spoken(word) for word in name.split(" "))


def _shown(check: Check, value: float | str | bool | None) -> str:
    if check.name == "no_production_model":
        return "none" if value is None else f"version {value}"
    if isinstance(value, float) and check.name.rpartition(".")[2] in SHARES:
        return percent(value)
    return figure(value)
