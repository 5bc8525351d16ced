"""A small HTTP server on loopback that says what a test tells it to: for services that are slow, ill or not there."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Said:
    """What a path answers; a ``body`` that is not a string is sent as JSON; with ``hold`` nothing is sent at all."""

    body: object
    status: int = 200
    hold: threading.Event | None = None


@dataclass
class Answering:
    """The running server: its address, and the requests that it got as (method, path, body, headers)."""

    url: str
    answers: dict[str, Said]
    asked: list[tuple[str, str, bytes, Mapping[str, str]]] = field(default_factory=list)


@contextmanager
def answering(answers: Mapping[str, Said]) -> Iterator[Answering]:
    """A server that answers each path with its `Said`, and 404 elsewhere; changing ``answers`` changes what it says."""
    state = Answering("", dict(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            state.asked.append((self.command, self.path, self.rfile.read(length), dict(self.headers)))
            said = state.answers.get(self.path, Said("not here", 404))
            if said.hold is not None:
                said.hold.wait(30)
                return  # who asked has long gone
            sent = said.body if isinstance(said.body, str) else json.dumps(said.body)
            self.send_response(said.status)
            self.send_header("Content-Length", str(len(sent.encode())))
            self.end_headers()
            self.wfile.write(sent.encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """A test's output is not the place for access logs."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield state
    finally:
        for said in state.answers.values():
            if said.hold is not None:
                said.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()
