"""One table from Telar's errors to HTTP statuses, and the one shape of every error answer.

The shape: ``{"error": {"code", "message", "problems": [{"field", "value", "rule"}]}, "request_id"}``.
"""

import json
import math
from typing import Any

from telar.domain import errors as domain
from telar.domain.errors import FieldProblem, RecordInvalid, TelarError

LONGEST_TEXT = 200
_EXACT = 2**53


class BodyTooLarge(TelarError):
    """A body over the limit of bytes."""


class BatchTooLarge(TelarError):
    """More records in one request than the limit."""


class UnknownModel(TelarError):
    """A model name that nobody registered."""


class KeyRefused(TelarError):
    """A missing or a wrong API key."""


class KeyNotSet(TelarError):
    """A guarded route of a service that was started without a key."""


STATUSES: dict[type[TelarError], tuple[int, str]] = {
    RecordInvalid: (422, "record_invalid"),
    BodyTooLarge: (413, "body_too_large"),
    BatchTooLarge: (413, "batch_too_large"),
    UnknownModel: (404, "unknown_model"),
    KeyRefused: (401, "key_refused"),
    KeyNotSet: (403, "key_not_set"),
    domain.DataError: (422, "data_error"),
    domain.PromotionConflict: (409, "promotion_conflict"),
    domain.NoModel: (503, "no_model"),
    domain.NotServable: (502, "not_servable"),
    domain.RegistryUnavailable: (503, "registry_unavailable"),
    domain.RegistryError: (502, "registry_error"),
    domain.WarehouseUnavailable: (503, "warehouse_unavailable"),
    domain.NotMigrated: (503, "not_migrated"),
    domain.WarehouseError: (500, "warehouse_error"),
    domain.SourceUnavailable: (503, "source_unavailable"),
    domain.SourceError: (502, "source_error"),
    domain.EndOfData: (410, "end_of_data"),
    domain.TrainingError: (500, "training_error"),
    domain.ServiceUnavailable: (503, "service_unavailable"),
    domain.ServiceError: (502, "service_error"),
    domain.UseCaseBroken: (503, "use_case_broken"),
    domain.ConfigurationError: (500, "configuration_error"),
    TelarError: (500, "error"),
}


def status_of(error: TelarError) -> tuple[int, str]:
    """The HTTP status and the code word of an error, by its nearest class in the table."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def error_body(error: TelarError, request_id: str) -> dict[str, Any]:
    """The answer's body for an error of Telar."""
    problems = error.problems if isinstance(error, RecordInvalid) else ()
    message = _summary(problems) if problems else str(error)
    return body_of(status_of(error)[1], message, request_id, problems)


def body_of(code: str, message: str, request_id: str, problems: tuple[FieldProblem, ...] = ()) -> dict[str, Any]:
    """The one shape of an error answer; its values are always expressible in JSON."""
    listed = [{"field": shown(each.field), "value": shown(each.value), "rule": each.rule} for each in problems]
    return {"error": {"code": code, "message": message, "problems": listed}, "request_id": request_id}


def unforeseen_body(request_id: str) -> dict[str, Any]:
    """The body for an error that nobody foresaw; it tells nothing of the inside."""
    return body_of("internal_error", "an unforeseen error; the service's log tells it by the request id", request_id)


def _summary(problems: tuple[FieldProblem, ...]) -> str:
    first = problems[0]
    more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
    return f"{shown(first.field)} {first.rule} (got {shown(first.value)!r}){more}"


def shown(value: object) -> str | float | int | bool | None:
    """A received value as JSON can express it: NaN, huge integers, broken or long text become short text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else json.dumps(value)
    if isinstance(value, int) and abs(value) < _EXACT:
        return value
    text = hex(value) if isinstance(value, int) else value if isinstance(value, str) else _safe_repr(value)
    text = text[: LONGEST_TEXT + 1].encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _safe_repr(value: object) -> str:
    """Python's limits on digits and depth must not turn a bad record into a crash."""
    try:
        return repr(value)
    except (ValueError, RecursionError):
        return f"a {type(value).__name__}"
