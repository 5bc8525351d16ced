"""Asks a service of this container whether it is well: `python -IS services/healthy.py NAME`, for its healthcheck.

Standard library only and nothing of Telar's: it runs every few seconds, and takes 25 ms of which the interpreter is 10.
"""

import json
import socket
import sys
import time
from collections.abc import Callable, Mapping

SECONDS = 5.0
LARGEST_BYTES = 1_000_000


class Unwell(Exception):
    """The service is not well; the text says in what."""


def inference(body: bytes) -> bool:
    """It names its parts, however they are: it goes on from its disk copy when the others are away."""
    return "models" in json.loads(body)["parts"]


def data_api(body: bytes) -> bool:
    """It names its use cases, be their rows ready or on their way."""
    return isinstance(json.loads(body)["use_cases"], dict)


def portal(body: bytes) -> bool:
    """Streamlit's own word."""
    return body.strip() == b"ok"


def notebook(body: bytes) -> bool:
    """Jupyter's version, which it tells without a token."""
    return isinstance(json.loads(body)["version"], str)


CHECKS: Mapping[str, tuple[int, str, Callable[[bytes], bool]]] = {
    "inference": (8000, "/health", inference),
    "data-api": (8000, "/health", data_api),
    "portal": (8501, "/_stcore/health", portal),
    "notebook": (8888, "/api", notebook),
}


def main(name: str, port: str = "") -> None:
    """Exit with 1 and a line that says why, unless the service ``name`` answers as only it does."""
    try:
        usual, path, is_its_own = CHECKS[name]
        body = answer(int(port or usual), path, time.monotonic() + SECONDS)
        if not is_its_own(body):
            raise Unwell(f"{path} answers {body[:100]!r}, which is not {name}'s")
    except Exception as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")


def answer(port: int, path: str, deadline: float) -> bytes:
    """The body of a 200 from this machine, read to its end before ``deadline`` (monotonic seconds).

    Raises:
        Unwell: another status, no HTTP, or more than LARGEST_BYTES.
        OSError: nothing listens, or not all of it came in time.
    """
    # HTTP/1.0: the server sends no chunks, and ends the connection behind the answer.
    with socket.create_connection(("127.0.0.1", port), deadline - time.monotonic()) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost:{port}\r\n\r\n".encode())
        told = b""
        while len(told) <= LARGEST_BYTES and (more := _received(connection, deadline)):
            told += more
    head, _, body = told.partition(b"\r\n\r\n")
    if len(told) > LARGEST_BYTES or not head.startswith((b"HTTP/1.0 200 ", b"HTTP/1.1 200 ")):
        raise Unwell(f"{path} answers {told[:200]!r}")
    return body


def _received(connection: socket.socket, deadline: float) -> bytes:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError(f"no whole answer within {SECONDS:g} s")
    connection.settimeout(left)
    return connection.recv(65536)


if __name__ == "__main__":
    main(*sys.argv[1:])
