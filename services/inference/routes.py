"""The routes that predict, straight on ASGI: they are asked thousands of times a second, each about one record."""

from anyio import to_thread
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.inference.desk import Call
from services.inference.parts import Parts
from telar.domain.errors import TelarError
from telar.web.body_limit import limited
from telar.web.request_ids import request_id_of


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
            answer = await to_thread.run_sync(parts.desk.batch, call) if self._batch else parts.desk.one(call)
        except _CallerLeft:
            return
        except TelarError as error:
            status, answer = parts.desk.refused(call, error)
        except Exception as error:
            parts.desk.failed(call, error)
            raise
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
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


def prediction_routes() -> list[Route]:
    """The routes for the default use case and for every model by name."""
    return [
        Route("/predict", PredictionRoute(batch=False), methods=["POST"]),
        Route("/predict-batch", PredictionRoute(batch=True), methods=["POST"]),
        Route("/models/{name}/predict", PredictionRoute(batch=False), methods=["POST"]),
        Route("/models/{name}/predict-batch", PredictionRoute(batch=True), methods=["POST"]),
    ]
