"""Error answers of a FastAPI service: Telar's errors, FastAPI's own and the unforeseen, all in one shape."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from telar.domain.errors import FieldProblem, TelarError
from telar.web.answers import json_answer
from telar.web.errors import body_of, error_body, status_of, unforeseen_body
from telar.web.request_ids import HEADER, request_id_of

log = logging.getLogger(__name__)


def install_error_handlers(app: FastAPI) -> None:
    """Every error of the service is answered in the one shape, with its request id."""
    app.add_exception_handler(TelarError, _telar)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


async def _telar(request: Request, error: Exception) -> Response:
    assert isinstance(error, TelarError)
    return json_answer(error_body(error, request_id_of(request.scope)), status_of(error)[0])


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = tuple(
        FieldProblem(".".join(str(part) for part in each["loc"]), each.get("input"), str(each["msg"]))
        for each in error.errors()
    )
    body = body_of("request_invalid", "the request breaks the schema", request_id_of(request.scope), problems)
    return json_answer(body, 422)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = f"{error.detail}: {request.method} {request.url.path}"
    body = body_of(f"http_{error.status_code}", message, request_id_of(request.scope))
    return json_answer(body, error.status_code, dict(error.headers or {}))


async def _unforeseen(request: Request, error: Exception) -> Response:
    request_id = request_id_of(request.scope)
    log.error("request %s failed: %s", request_id, error)
    return json_answer(unforeseen_body(request_id), 500, {HEADER: request_id})
