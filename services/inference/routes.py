"""The routes that predict, straight on ASGI: they are asked thousands of times a second, each about one record."""

import logging

from anyio import to_thread
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.inference.desk import Call
from services.inference.parts import Parts
from telar.domain.errors import TelarError
from telar.web.body_limit import limited
from telar.web.request_ids import request_id_of

log = logging.getLogger(__name__)


class _CallerLeft(Exception):
    """The connection ended before the whole body came."""


class PredictionRoute:
    """``POST`` of one record, or of a batch, which is computed on a thread so that others need not wait for it."""

    def __init__(self, batch: bool) -> None:
        self._batch = batch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts: Parts = scope["app"].state.parts
        call = Call(scope["path_params"].get("name"), request_id_of(scope))
        status = 200
        try:
            call.body = await _body(limited(receive, scope, parts.max_body_bytes))
            answer = await (to_thread.run_sync(parts.desk.batch, call) if self._batch else parts.desk.one(call))
        except _CallerLeft:
            return
        except TelarError as error:
            status, answer = parts.desk.refused(call, error)
        except Exception as error:
            log.exception("request %s failed", call.request_id)
            status, answer = parts.desk.failed(call, error)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(answer)).encode()),
            (b"x-request-id", call.request_id.encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _CallerLeft
        chunk: bytes = message.get("body", b"")
        body += chunk
        if not message.get("more_body", False):
            return body


ONE, BATCH = PredictionRoute(batch=False), PredictionRoute(batch=True)
ENDPOINTS = {"predict": ONE, "predict-batch": BATCH}


def shortcut(scope: Scope) -> PredictionRoute | None:
    """The route that predicts, found without router and middleware, which would cost a sixth of the whole request."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    match scope["path"].split("/"):
        case ["", action] if action in ENDPOINTS:
            scope["path_params"] = {}
            return ENDPOINTS[action]
        case ["", "models", name, action] if action in ENDPOINTS:
            scope["path_params"] = {"name": name}
            return ENDPOINTS[action]
    return None


def prediction_routes() -> list[Route]:
    """The same for the router: for other methods, and for a service behind a path prefix."""
    return [
        Route(f"{prefix}/{action}", endpoint, methods=["POST"])
        for prefix in ("", "/models/{name}")
        for action, endpoint in ENDPOINTS.items()
    ]
