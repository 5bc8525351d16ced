"""A batch of a use case as its upstream sends it, of any size: generated once, served whole by a process of its own.

`python -m benchmarks.one_answer FILE PORT` serves it to whoever asks.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from telar.adapters.sources.origins import SAMPLE_SEED
from telar.adapters.sources.texts import encoded
from telar.domain.use_case import DataApiSource, UseCase
from telar.use_cases import discover

DESCRIPTION = {"provenance": "sample", "origin": "rows of the benchmark; not real data"}


def largest_of(use_case: UseCase) -> int:
    """The rows of its largest batch."""
    source = use_case.source
    if not isinstance(source, DataApiSource):
        return 0
    equal = int(source.sample_rows // source.batches * source.answer_share)
    return max((each.rows for each in source.selections), default=equal)


def largest() -> UseCase:
    """The use case with the largest batch of all that a data API serves."""
    return max(discover(None).use_cases.values(), key=largest_of)


def write_answer(path: Path, use_case: UseCase, rows: int) -> None:
    """The body of the answer: so many generated rows, as objects."""
    frame = use_case.sample(rows, SAMPLE_SEED)
    kinds = {column.name: column.kind for column in use_case.columns}
    columns = [encoded(frame[name], kinds.get(name, "number"), json.dumps, "null") for name in use_case.names]
    keys = [json.dumps(name) for name in use_case.names]
    with path.open("w") as file:
        file.write('{"group_number": 1, "batch_number": 1, "data": [')
        for number, row in enumerate(zip(*columns, strict=True)):
            pairs = ", ".join(f"{key}: {value}" for key, value in zip(keys, row, strict=True))
            file.write(("{" if not number else ", {") + pairs + "}")
        file.write("]}")


def main() -> None:
    """Serves the description at every path but that of the data."""
    path, port = Path(sys.argv[1]), int(sys.argv[2])
    HTTPServer(("127.0.0.1", port), _handler(path)).serve_forever()


def _handler(path: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            body = path.read_bytes() if "/data" in self.path else json.dumps(DESCRIPTION).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silence."""

    return Handler


if __name__ == "__main__":
    main()
