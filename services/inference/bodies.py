"""From the bytes of a body to the value they say, so that even what is not JSON can be answered by field and rule."""

import json

import orjson

from telar.domain.errors import FieldProblem, RecordInvalid
from telar.web.errors import BatchTooLarge

LONGEST_RECORDED = 2_000


def parsed(body: bytes) -> tuple[object, RecordInvalid | None]:
    """The value of a JSON body, and what is wrong with it although it could be read.

    JSON knows no NaN and no Infinity; a body that holds one is read all the same, so that its field can be named.

    Raises:
        RecordInvalid: nothing at all can be read from it.
    """
    try:
        return orjson.loads(body), None
    except orjson.JSONDecodeError as error:
        flaw = RecordInvalid([FieldProblem("body", _text(body), f"must be JSON in UTF-8: {error}")])
    try:
        return json.loads(body), flaw
    except (ValueError, RecursionError) as error:
        raise flaw from error


def records_of(value: object, limit: int) -> list[object]:
    """The records of a batch's body, ``{"records": [...]}``.

    Raises:
        RecordInvalid: another shape, or no record.
        BatchTooLarge: more than ``limit``.
    """
    records = value.get("records") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(records, list) or not records:
        raise RecordInvalid([FieldProblem("records", records, 'is required: {"records": [{...}, ...]}, at least one')])
    if extra := sorted(set(value) - {"records"}):
        raise RecordInvalid([FieldProblem(extra[0], value[extra[0]], "is not a field of a batch; remove it")])
    if len(records) > limit:
        raise BatchTooLarge(f"{len(records):,} records are over the limit of {limit:,} in one request; send several")
    return records


def recordable(body: bytes) -> dict[str, object] | None:
    """A refused body as it is recorded: its first characters, without what a database cannot hold."""
    if not body:
        return None
    text = _text(body)
    return {"body": text[:LONGEST_RECORDED], "truncated": len(body) > LONGEST_RECORDED}


def _text(body: bytes) -> str:
    return body[: LONGEST_RECORDED + 1].decode("utf-8", "replace").replace("\x00", "\ufffd")
