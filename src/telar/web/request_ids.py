"""Request ids: the caller's own where it is a UUID, else a fresh UUIDv7; told in a header of every answer."""

from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid6 import uuid7

HEADER = "X-Request-ID"
_NAME = HEADER.lower().encode()


def request_id_of(scope: Scope) -> str:
    """The id of the request of this scope (made on first use)."""
    state: dict[str, str] = scope.setdefault("state", {})
    known = state.get("request_id")
    if known is None:
        known = state["request_id"] = _given(scope) or str(uuid7())
    return known


def _given(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == _NAME:
            try:
                return str(UUID(value.decode("latin-1")))
            except ValueError:
                return None
    return None


class RequestIds:
    """ASGI middleware: each request gets an id, each answer tells it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        header = (_NAME, request_id_of(scope).encode())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [each for each in message.get("headers", ()) if each[0] != _NAME]
                message["headers"] = [*others, header]
            await send(message)

        await self._app(scope, receive, send_with_id)
