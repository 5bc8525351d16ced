"""An upstream that misbehaves on purpose, down to the bytes: for clients that must not be fooled, nor wait for ever."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

Act = bytes | Callable[[Callable[[bytes], None], threading.Event], None]


@dataclass
class Hostile:
    """The running server; ``asked`` are the paths it was asked for, queries included."""

    url: str
    acts: dict[str, Act]
    asked: list[str] = field(default_factory=list)


def http(body: object, status: int = 200, length: int | None = None) -> bytes:
    """A whole HTTP answer; a ``body`` that is not bytes is sent as JSON; ``length`` lies about its size."""
    sent = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(sent) if length is None else length}\r\n\r\n".encode() + sent


def silent(_: Callable[[bytes], None], stopped: threading.Event) -> None:
    """Takes the request and says nothing."""
    stopped.wait(60)


def dripping(send: Callable[[bytes], None], stopped: threading.Event) -> None:
    """A byte now and then, so that no single read ever times out."""
    send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not stopped.wait(0.05):
        send(b" ")


@contextmanager
def hostile(acts: Mapping[str, Act]) -> Iterator[Hostile]:
    """A server on loopback that does, for each path (without its query), the act of that path; 404 elsewhere."""
    stopped = threading.Event()
    state = Hostile("", dict(acts))

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            target = self.rfile.readline().split()[1].decode()
            while self.rfile.readline().strip():
                pass
            state.asked.append(target)
            act = state.acts.get(target.split("?")[0], http({"detail": "Not Found"}, 404))
            try:
                self.wfile.write(act) if isinstance(act, bytes) else act(self._send, stopped)
            except (BrokenPipeError, ConnectionResetError):
                return  # who asked had enough

        def _send(self, piece: bytes) -> None:
            self.wfile.write(piece)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield state
        finally:
            stopped.set()
            server.shutdown()
            thread.join()
