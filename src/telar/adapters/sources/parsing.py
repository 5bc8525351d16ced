"""The body of a data API's answer as one batch of text rows, refused where it is not what the API promises.

Equal texts are one object, and no row is ever a dict: an answer of 360,000 rows takes 150 MB beside its body.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telar.domain.errors import MalformedAnswer

Row = tuple[str | None, ...]


@dataclass(frozen=True)
class Batch:
    """One parsed answer: its number, its columns in the order received, its rows as text."""

    number: int
    columns: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class _Object:
    """A JSON object: the keys are one tuple for all rows that have the same."""

    keys: tuple[str, ...]
    values: tuple[Any, ...]


class _Words:
    """The texts seen so far, so that each is kept once."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def object(self, pairs: list[tuple[str, Any]]) -> _Object:
        """What the decoder makes of an object; of a key that stands twice, the last value counts."""
        known = self._known
        keys = tuple(key for key, _ in pairs)
        if len(set(keys)) < len(keys):
            pairs = list(dict(pairs).items())
            keys = tuple(key for key, _ in pairs)
        values = tuple(known.setdefault(value, value) if isinstance(value, str) else value for _, value in pairs)
        return _Object(known.setdefault(keys, keys), values)

    def row(self, values: list[Any], index: int) -> Row:
        """The texts of an array."""
        known = self._known
        return tuple(
            known.setdefault(value, value) if isinstance(value, str) else _text(value, index) for value in values
        )


def parse(body: bytes, names: Sequence[str], group: int | None = None) -> Batch:
    """The batch in ``body``; ``names`` are the columns of rows that come as arrays.

    Values stay as they were written: the number 1.50 becomes "1.50", true becomes "true", null becomes None. Rows that
    are objects bring their own columns: every key of any row, in order of appearance; a row without it has None.

    Raises:
        MalformedAnswer: not JSON, a missing field, another group, no row, a row too short or long, nested values.
    """
    words = _Words()
    answer = _json(body, words)
    if not isinstance(answer, _Object) or not {"batch_number", "data"} <= set(answer.keys):
        raise MalformedAnswer(f"the answer is not an object with batch_number and data: {_quote(body)}")
    fields = dict(zip(answer.keys, answer.values, strict=True))
    told = str(fields.get("group_number", group))
    if group is not None and told != str(group):
        raise MalformedAnswer(f"asked for group {group}, the answer is for group {told}")
    data = fields["data"]
    if not isinstance(data, list) or not data:
        raise MalformedAnswer(f"data must be a list of at least one row: {_quote(body)}")
    columns, rows = _objects(data) if isinstance(data[0], _Object) else _arrays(data, names, words)
    if b"\\u" in body:
        _refuse_no_text(columns, rows)
    return Batch(_number(fields["batch_number"]), columns, rows)


def _json(body: bytes, words: _Words) -> object:
    if not body.strip():
        raise MalformedAnswer("the answer is empty")
    try:
        answer: object = json.loads(
            body, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=words.object
        )
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer(f"the answer is not JSON ({error}): {_quote(body)}") from error
    return answer


def _number(value: object) -> int:
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        raise MalformedAnswer(f"batch_number must be a whole number of at least 0, not {value!r}")
    return int(value)


def _arrays(data: list[Any], names: Sequence[str], words: _Words) -> tuple[tuple[str, ...], list[Row]]:
    for index, row in enumerate(data):
        if not isinstance(row, list):
            raise MalformedAnswer(f"row {index} is not an array, like row 0: {_told(row)}")
        if len(row) != len(names):
            raise MalformedAnswer(f"row {index} has {len(row)} values, the use case has {len(names)} columns")
        data[index] = words.row(row, index)
    return tuple(names), data


def _objects(data: list[Any]) -> tuple[tuple[str, ...], list[Row]]:
    for index, row in enumerate(data):
        if not isinstance(row, _Object):
            raise MalformedAnswer(f"row {index} is not an object, like row 0: {_told(row)}")
    shapes = dict.fromkeys(row.keys for row in data)
    columns = tuple(dict.fromkeys(key for keys in shapes for key in keys))
    if not columns:
        raise MalformedAnswer("the rows are objects without any key")
    places = {keys: [keys.index(name) if name in keys else None for name in columns] for keys in shapes}
    for index, row in enumerate(data):
        ordered = (None if place is None else row.values[place] for place in places[row.keys])
        data[index] = tuple(_text(value, index) for value in ordered)
    return columns, data


def _refuse_no_text(columns: tuple[str, ...], rows: list[Row]) -> None:
    """JSON's escapes can spell what no database stores as text: the character 0, and half of a surrogate pair."""
    for index, row in enumerate([columns, *rows]):
        text = "".join(value or "" for value in row)
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            place = f"row {index - 1}" if index else "a key"
            raise MalformedAnswer(f"{place} holds a NUL or half of a surrogate pair, which is no text")


def _text(value: object, row: int) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    raise MalformedAnswer(f"row {row} holds a nested value: {_told(value)}")


def _told(value: object) -> str:
    shown = dict(zip(value.keys, value.values, strict=True)) if isinstance(value, _Object) else value
    return f"{shown!r:.100}"


def _quote(body: bytes) -> str:
    return body[:100].decode("utf-8", errors="replace")
