"""One GET of an upstream, whole and in time, or an error that says what came instead."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

import requests
import urllib3
from urllib3.exceptions import NewConnectionError

from telar.domain.errors import EndOfData, SourceRefused, SourceUnavailable

# "Ya se recolectó toda la información minima necesaria": with and without the accent on "mínima".
END_OF_DATA = "Ya se recolect"
WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
SAID_BY_A_GATEWAY = frozenset({502, 504})
CHUNK = 1 << 16
LONGEST_QUOTE = 200


@dataclass(frozen=True)
class Reply:
    """An answer's status and whole body."""

    url: str
    status: int
    body: bytes


def get(url: str, parameters: Mapping[str, str | int], seconds: float) -> Reply:
    """The reply to ``GET url``, whole within ``seconds``, whatever its status.

    Raises:
        SourceUnavailable: nobody listens, or the answer did not end in time, however slowly it kept coming.
    """
    deadline = time.monotonic() + seconds
    try:
        with requests.get(url, params=dict(parameters), timeout=seconds, stream=True) as response:
            return Reply(response.url, response.status_code, _body(response, deadline))
    except (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError) as error:
        raise SourceUnavailable(_late(url, seconds), nothing_handed_out=_never_connected(error)) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise SourceUnavailable(
            f"{url} does not answer ({error}); is the data API up? See TELAR_SOURCE_URL",
            nothing_handed_out=_never_connected(error),
        ) from error


def _body(response: requests.Response, deadline: float) -> bytes:
    """All of it. `read1` hands over what has come, where `iter_content` would wait for a full chunk, drop by drop."""
    body = bytearray()
    while piece := response.raw.read1(CHUNK, decode_content=True):
        body += piece
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(body)


def accepted(reply: Reply) -> Reply:
    """The reply itself where its status is 200.

    Raises:
        EndOfData: 400 with the message of the end, however it is accented.
        SourceUnavailable: a 5xx, or a 4xx that asks to come again.
        SourceRefused: any other status.
    """
    if reply.status == 200:
        return reply
    told = detail(reply)
    if reply.status == 400 and END_OF_DATA in told:
        raise EndOfData(told, status_code=reply.status, nothing_handed_out=True)
    message = f"{reply.url} answered {reply.status}: {told}"
    if reply.status >= 500 or reply.status in WORTH_ANOTHER_TRY:
        unsure = reply.status in SAID_BY_A_GATEWAY
        raise SourceUnavailable(message, status_code=reply.status, nothing_handed_out=not unsure)
    raise SourceRefused(message, status_code=reply.status, nothing_handed_out=True)


def detail(reply: Reply) -> str:
    """What an error answer says: FastAPI's ``detail``, else the beginning of the body."""
    text = reply.body.decode("utf-8", errors="replace")
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = None
    told = parsed["detail"] if isinstance(parsed, dict) and "detail" in parsed else text
    return (told if isinstance(told, str) else json.dumps(told, ensure_ascii=False))[:LONGEST_QUOTE]


def _never_connected(error: Exception) -> bool:
    """Whether the request surely did not reach the upstream."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _late(url: str, seconds: float) -> str:
    return f"{url} did not answer whole within {seconds:g} s; raise TELAR_SOURCE_TIMEOUT_SECONDS if it is only slow"
