"""A limit on the bytes of a request's body, kept while it is read."""

from starlette.types import Message, Receive, Scope

from telar.web.errors import BodyTooLarge


def limited(receive: Receive, scope: Scope, max_bytes: int) -> Receive:
    """A ``receive`` that raises BodyTooLarge once the body is known to be over ``max_bytes``, announced or streamed."""
    announced = _announced(scope)
    received = 0

    async def receive_within() -> Message:
        nonlocal received
        if announced > max_bytes:
            raise BodyTooLarge(_told(max_bytes))
        message = await receive()
        if message["type"] == "http.request":
            received += len(message.get("body", b""))
            if received > max_bytes:
                raise BodyTooLarge(_told(max_bytes))
        return message

    return receive_within


def _told(max_bytes: int) -> str:
    return f"the body is over the limit of {max_bytes:,} bytes; send fewer records in one request"


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
