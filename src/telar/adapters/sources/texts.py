"""A frame's values as a data API's client receives them: text, or None for a missing value."""

from collections.abc import Callable
from typing import TypeVar

import pandas as pd

from telar.domain.use_case import UseCase

Encoded = TypeVar("Encoded")


def as_texts(use_case: UseCase, frame: pd.DataFrame) -> list[tuple[str | None, ...]]:
    """The rows in the use case's order of columns; a whole number that pandas holds as a float is whole again."""
    kinds = {column.name: column.kind for column in use_case.columns}
    columns = [encoded(frame[name], kinds.get(name, "category"), _text, None) for name in use_case.names]
    return list(zip(*columns, strict=True))


def encoded(values: pd.Series, kind: str, encode: Callable[[object], Encoded], missing: Encoded) -> list[Encoded]:
    """The column by ``encode``, which gets plain Python values; each distinct one is encoded once."""
    codes, distinct = pd.factorize(values)
    found = [*(encode(_plain(value, kind)) for value in distinct), missing]
    return [found[code] for code in codes]


def _text(value: object) -> str | None:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(value: object, kind: str) -> object:
    plain = value.item() if hasattr(value, "item") else value
    return int(plain) if isinstance(plain, float) and plain.is_integer() and kind != "number" else plain
