"""How people read columns and values in a picture: labels, units, words of the vocabulary, none too long."""

from typing import Any

import pandas as pd

from telar.domain.columns import Column

LONGEST = 34
MISSING = "missing"


def title_of(column: Column) -> str:
    """The column's label and unit."""
    label = short(column.label, LONGEST - len(column.unit) - 3) if column.unit else short(column.label)
    return f"{label} ({column.unit})" if column.unit else label


def word_of(column: Column, value: Any) -> str:  # noqa: ANN401 # a number, a word or nothing
    """A value as people read it."""
    if pd.isna(value) or value == "":
        return MISSING
    if column.numeric:
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"
    return next((each.label for each in column.categories if each.value == value), str(value))


def short(text: str, longest: int = LONGEST) -> str:
    """The text, or its beginning with an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def short_word(text: str, longest: int) -> str:
    """The text, or its beginning and more of its end: words of a vocabulary often begin alike."""
    tail = longest * 3 // 5
    return text if len(text) <= longest else f"{text[: longest - tail - 1].rstrip()}…{text[-tail:].lstrip()}"
