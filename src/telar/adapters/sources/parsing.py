"""The body of a data API's answer as one batch of text rows, refused where it is not what the API promises."""

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


def parse(body: bytes, names: Sequence[str], group: int) -> Batch:
    """The batch in ``body``; ``names`` are the columns of rows that come as arrays.

    Values stay as they were written: the number 1.50 becomes "1.50", true becomes "true", null becomes None. Rows that
    are objects bring their own columns: every key of any row, in order of appearance; a row without it has None.

    Raises:
        MalformedAnswer: not JSON, a missing field, another group, no row, a row too short or long, nested values.
    """
    answer = _json(body)
    if not isinstance(answer, dict) or not {"batch_number", "data"} <= answer.keys():
        raise MalformedAnswer(f"the answer is not an object with batch_number and data: {_quote(body)}")
    told = str(answer.get("group_number", group))
    if told != str(group):
        raise MalformedAnswer(f"asked for group {group}, the answer is for group {told}")
    data = answer["data"]
    if not isinstance(data, list) or not data:
        raise MalformedAnswer(f"data must be a list of at least one row: {_quote(body)}")
    columns, rows = _objects(data) if isinstance(data[0], dict) else _arrays(data, names)
    if b"\\u" in body:
        _refuse_no_text(columns, rows)
    return Batch(_number(answer["batch_number"]), columns, rows)


def _json(body: bytes) -> object:
    if not body.strip():
        raise MalformedAnswer("the answer is empty")
    try:
        answer: object = json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer(f"the answer is not JSON ({error}): {_quote(body)}") from error
    return answer


def _number(value: object) -> int:
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        raise MalformedAnswer(f"batch_number must be a whole number of at least 0, not {value!r}")
    return int(value)


def _arrays(data: list[Any], names: Sequence[str]) -> tuple[tuple[str, ...], list[Row]]:
    for index, row in enumerate(data):
        if not isinstance(row, list):
            raise MalformedAnswer(f"row {index} is not an array, like row 0: {row!r:.100}")
        if len(row) != len(names):
            raise MalformedAnswer(f"row {index} has {len(row)} values, the use case has {len(names)} columns")
    return tuple(names), [tuple(_text(value, index) for value in row) for index, row in enumerate(data)]


def _objects(data: list[Any]) -> tuple[tuple[str, ...], list[Row]]:
    for index, row in enumerate(data):
        if not isinstance(row, dict):
            raise MalformedAnswer(f"row {index} is not an object, like row 0: {row!r:.100}")
    columns = tuple(dict.fromkeys(key for row in data for key in row))
    if not columns:
        raise MalformedAnswer("the rows are objects without any key")
    return columns, [tuple(_text(row.get(name), index) for name in columns) for index, row in enumerate(data)]


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
    raise MalformedAnswer(f"row {row} holds a nested value: {value!r:.100}")


def _quote(body: bytes) -> str:
    return body[:100].decode("utf-8", errors="replace")
