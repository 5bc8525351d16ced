"""A data set of the UCI repository through `ucimlrepo`, with the time-outs and the progress that it lacks.

`python -m telar.adapters.sources.uci ORDER` downloads one in a process of its own: into a file, or an error as JSON.
"""

import json
import os
import queue
import socket
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from pathlib import Path
from urllib.response import addinfourl

import certifi
import pandas as pd
import ucimlrepo  # type: ignore[import-untyped]  # ships no types
from ucimlrepo.fetch import DatasetNotFoundError  # type: ignore[import-untyped]  # the same

from telar.domain.errors import DataError, SourceError, SourceUnavailable

CHUNK = 1 << 20
UNUSABLE = "unusable: "
Tell = Callable[[str], None]
Outcome = pd.DataFrame | SourceError | DataError


def download_apart(url: str | None, seconds: float, uci_id: int, path: Path) -> None:
    """The published table at ``path`` (Parquet), downloaded by another process; ``path`` appears whole or not at all.

    Raises: as `Repository.download` does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    order = json.dumps({"url": url, "seconds": seconds, "uci_id": uci_id, "path": str(path)})
    command = [sys.executable, "-m", "telar.adapters.sources.uci", order]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = [*done.stderr.splitlines()[-1:], *done.stdout.splitlines()[-1:]]
    told = said[-1] if said else f"its process ended with status {done.returncode}"
    if told.startswith(UNUSABLE):
        raise DataError(told.removeprefix(UNUSABLE))
    raise SourceUnavailable(f"UCI data set {uci_id}: {told}; nothing of it is kept", nothing_handed_out=True)


@dataclass(frozen=True)
class Repository:
    """The UCI repository or its mirror at ``url``; every step on the network may take ``seconds``; ``tell`` hears all.

    A download changes the time-out of all sockets and urllib's opener, so it is for a process of its own.
    """

    url: str | None
    seconds: float
    tell: Tell

    def download(self, uci_id: int) -> pd.DataFrame:
        """The published table, as long as something comes in time; resolving the host's name counts too.

        Raises:
            SourceUnavailable: the repository does not answer, or falls silent in the middle.
            DataError: it answers, but not with a table.
        """
        heard: queue.Queue[str | Outcome] = queue.Queue()
        self._prepare(heard)
        threading.Thread(target=_fetch, args=(uci_id, heard), daemon=True).start()
        self.tell(f"asking the UCI repository for data set {uci_id}")
        while True:
            try:
                news = heard.get(timeout=self.seconds + 1)
            except queue.Empty:
                told = f"UCI data set {uci_id}: the repository was silent for {self.seconds:g} s"
                raise SourceUnavailable(told) from None
            if isinstance(news, pd.DataFrame):
                return news
            if isinstance(news, Exception):
                raise news
            self.tell(news)

    def _prepare(self, heard: "queue.Queue[str | Outcome]") -> None:
        if self.url is not None:
            ucimlrepo.fetch.API_BASE_URL = self.url
        socket.setdefaulttimeout(self.seconds)
        context = ssl.create_default_context(cafile=certifi.where())
        handlers = (urllib.request.HTTPSHandler(context=context), _Told(heard))
        urllib.request.install_opener(urllib.request.build_opener(*handlers))


def _fetch(uci_id: int, heard: "queue.Queue[str | Outcome]") -> None:
    """The whole download, its result or its error put last into ``heard``."""
    try:
        frame = ucimlrepo.fetch_ucirepo(id=uci_id).data.original
        heard.put(frame)
    except (OSError, HTTPException) as error:
        heard.put(SourceUnavailable(f"UCI data set {uci_id} cannot be downloaded: {error}"))
    except (DatasetNotFoundError, ValueError, LookupError, TypeError, AttributeError) as error:
        heard.put(DataError(f"UCI data set {uci_id} is not what was expected: {error}"))


class _Told(urllib.request.BaseHandler):
    """Reads an answer piece by piece and tells how far it is."""

    handler_order = 2_000  # after redirects and errors are dealt with

    def __init__(self, heard: "queue.Queue[str | Outcome]") -> None:
        self._heard = heard

    def http_response(self, request: urllib.request.Request, response: HTTPResponse) -> addinfourl:
        body, expected = BytesIO(), int(response.headers.get("Content-Length") or 0)
        while piece := response.read(CHUNK):
            body.write(piece)
            of = f" of {expected / 1e6:.0f}" if expected else ""
            self._heard.put(f"downloading {request.full_url}: {body.tell() / 1e6:.0f}{of} MB")
        if body.tell() < expected:
            raise ConnectionError(f"{request.full_url} ended after {body.tell():,} of {expected:,} bytes")
        body.seek(0)
        return addinfourl(body, response.headers, response.url, response.status)

    https_response = http_response


def main() -> int:
    """Downloads what the first argument orders; the last line of the output says why where that fails."""
    order = json.loads(sys.argv[1])
    path = Path(order["path"])
    try:
        table = Repository(order["url"], order["seconds"], lambda _: None).download(order["uci_id"])
    except SourceUnavailable as error:
        sys.stdout.write(f"{error}\n")
        return 1
    except DataError as error:
        sys.stdout.write(f"{UNUSABLE}{error}\n")
        return 1
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    # A column of numbers and words comes as both; a file keeps one kind.
    mixed = {name: "string" for name in table.columns if table[name].dtype == object}
    table.astype(mixed).to_parquet(beside, index=False)
    beside.replace(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
