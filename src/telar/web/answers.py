"""JSON answers by orjson."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:  # noqa: ANN401
    """A JSON response; NaN becomes null, dates ISO text, tuples lists."""
    return Response(orjson.dumps(body), status, headers, "application/json")
