"""A contract and a version's metrics as rows of the tables that people read."""

from collections.abc import Mapping
from typing import Any

from services.portal.form import limits
from services.portal.words import figure, metric_figure, metric_words
from telar.domain.contract import Contract

Row = dict[str, Any]
PARTITIONS = ("train", "validation", "test")
PARTITION_HEADS = tuple(part.capitalize() for part in PARTITIONS)
FEW_WORDS = 6


def column_rows(contract: Contract) -> list[Row]:
    """One row for each input: its name in the API, its words, kind, and what it allows."""
    return [
        {
            "Field": column.name,
            "Label": column.label,
            "Kind": column.kind,
            "Allowed": limits(column) if column.numeric else _words([each.label for each in column.categories]),
            "Example": figure(_plain(contract.example.get(column.name))),
            "Required": "no" if column.nullable else "yes",
            "Meaning": column.help,
        }
        for column in contract.columns
    ]


def class_rows(contract: Contract) -> list[Row]:
    """One row for each class of the target, and whether this version has learned it."""
    return [
        {
            "Value": each.value,
            "Class": each.label,
            "Known to this version": "yes" if each.value in contract.trained_classes else "no: none in its train rows",
        }
        for each in contract.target.classes
    ]


def metric_rows(metrics: Mapping[str, float], unit: str = "") -> list[Row]:
    """One row for each metric, a column for each partition; ``unit`` is the target's."""
    codes = sorted({name.split("_", 1)[1] for name in metrics if name.split("_", 1)[0] in PARTITIONS})
    return [
        {"Metric": metric_words(code, unit)}
        | {
            head: metric_figure(code, metrics.get(f"{part}_{code}"))
            for head, part in zip(PARTITION_HEADS, PARTITIONS, strict=True)
        }
        for code in codes
    ]


def _plain(value: object) -> float | str | bool | None:
    return value if isinstance(value, float | str | bool) or value is None else str(value)


def _words(labels: list[str]) -> str:
    if not labels:
        return "any text"
    shown = ", ".join(labels[:FEW_WORDS])
    return shown if len(labels) <= FEW_WORDS else f"{shown} and {len(labels) - FEW_WORDS} more"
