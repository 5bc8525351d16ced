"""A loopback proxy before a real service, which answers some requests with an error of its own where a test says so."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import requests

HOP_BY_HOP = {"connection", "transfer-encoding", "content-encoding", "content-length", "keep-alive"}


@dataclass(frozen=True)
class Broken:
    """What is answered instead of the service: ``method`` and a part of the path say to which requests."""

    method: str
    path: str
    status: int
    body: str = ""


@dataclass
class Proxy:
    """The running proxy; ``broken`` may change at any time, ``refused`` counts what it answered itself."""

    url: str
    target: str
    broken: list[Broken] = field(default_factory=list)
    refused: int = 0


@contextmanager
def proxy(target: str) -> Iterator[Proxy]:
    """A proxy before the service at ``target``, until the block ends."""
    state = Proxy("", target)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(state: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            for each in state.broken:
                if each.method == self.command and each.path in self.path:
                    state.refused += 1
                    self._send(each.status, {"Content-Type": "application/json"}, each.body.encode())
                    return
            own = urlsplit(state.target).netloc
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            answer = requests.request(
                self.command, state.target + self.path, data=body, headers={**headers, "Host": own}, timeout=120
            )
            self._send(answer.status_code, answer.headers, answer.content)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

        def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """A test's output is not the place for access logs."""

    return Handler
