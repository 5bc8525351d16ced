"""Requests per second of a prediction route: by wrk where it is installed (Debian: wrk), else by asyncio."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle
from urllib.parse import urlsplit

CONNECTIONS = 16


def client_name() -> str:
    """Which client measures."""
    return (
        "wrk, one thread" if shutil.which("wrk") else "an asyncio client (wrk is not installed, so it may be the limit)"
    )


def requests_per_second(url: str, bodies: Sequence[bytes], seconds: float, core: int) -> float:
    """Answers of status 200 in a second, by 16 connections that send the bodies in turn, the client on ``core``.

    Raises:
        RuntimeError: an answer had another status.
    """
    if shutil.which("wrk"):
        return _by_wrk(url, bodies, seconds, core)
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        return asyncio.run(_by_asyncio(url, bodies, seconds))
    finally:
        os.sched_setaffinity(0, own)


def _by_wrk(url: str, bodies: Sequence[bytes], seconds: float, core: int) -> float:
    lines = "\n".join(f"  [=[{body.decode()}]=]," for body in bodies)
    script = (
        f"local bodies = {{\n{lines}\n}}\nlocal turn = 0\nlocal headers = {{['Content-Type'] = 'application/json'}}\n"
        "request = function()\n  turn = turn % #bodies + 1\n"
        "  return wrk.format('POST', nil, headers, bodies[turn])\nend\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        words = ["taskset", "-c", str(core), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-s", file.name, url]
        told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"not every answer of {url} was good:\n{told}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if not found:
        raise RuntimeError(f"wrk told no rate:\n{told}")
    return float(found[1])


async def _by_asyncio(url: str, bodies: Sequence[bytes], seconds: float) -> float:
    parts = urlsplit(url)
    turn = cycle(_request(parts.path, parts.netloc, body) for body in bodies)
    over = time.perf_counter() + seconds

    async def connection() -> int:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        answers = 0
        while time.perf_counter() < over:
            writer.write(next(turn))
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            if not head.startswith(b"HTTP/1.1 200") or not length:
                raise RuntimeError(f"{url} answered {head.splitlines()[0]!r}")
            await reader.readexactly(int(length[1]))
            answers += 1
        writer.close()
        return answers

    return sum(await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))) / seconds


def _request(path: str, host: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def as_body(value: object) -> bytes:
    """A value as the JSON of a request."""
    return json.dumps(value, separators=(",", ":")).encode()
