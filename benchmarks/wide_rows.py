"""A batch as an upstream of objects sends it, of any size: generated once, served whole by a process of its own.

`python -m benchmarks.wide_rows FILE PORT` serves it to whoever asks.
"""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telar.domain.columns import Column, Target
from telar.domain.rules import GateRules, QualityRules
from telar.domain.use_case import DataApiSource, UseCase
from tests.support.tiny import TINY

if TYPE_CHECKING:
    from pandas import DataFrame as Frame
else:
    Frame = Any

NUMBERS = ("agent", "rooms", "baths", "lot", "surface", "way")
WORDS = ("state", "street", "town", "region", "seen")
DESCRIPTION = {"provenance": "sample", "origin": "rows of the benchmark; not real data"}


def clean(frame: Frame) -> Frame:
    """Rows with a plausible target, once each."""
    return frame[frame["worth"].between(1_000, 500_000_000)].drop_duplicates()


def no_sample(rows: int, seed: int) -> Frame:
    """The rows are served, never sampled."""
    raise NotImplementedError(rows, seed)


WIDE = UseCase(
    name="wide",
    title="Wide",
    description="Twelve columns of numbers and words, many of them different in every row.",
    task="regression",
    source=DataApiSource(row_format="objects", batches=1),
    columns=(
        *(Column(name=name, kind="number", label=name, nullable=True) for name in NUMBERS),
        *(Column(name=name, kind="category", label=name, nullable=True, identifier=name == "street") for name in WORDS),
    ),
    target=Target(name="worth", label="Worth"),
    clean=clean,
    sample=no_sample,
    candidates=TINY.candidates[:1],
    primary_metric="mae",
    quality=QualityRules(max_null_share=0.9),
    gate=GateRules(floor=1e9),
    example={**dict.fromkeys(NUMBERS, 1.0), **dict.fromkeys(WORDS, "x")},
)


def write_answer(path: Path, rows: int) -> None:
    """The body of the answer: floats and words as JSON has them, one value in ten null."""
    with path.open("w") as file:
        file.write('{"group_number": 1, "batch_number": 1, "data": [')
        for number, row in enumerate(_rows(rows)):
            file.write((", " if number else "") + json.dumps(row))
        file.write("]}")


def _rows(rows: int) -> Iterator[dict[str, object]]:
    import numpy as np

    random = np.random.default_rng(5)
    for _ in range(rows):
        missing = random.random(len(NUMBERS) + len(WORDS)) < 0.1
        drawn = random.random(6)
        values: list[object] = [
            *(float(int(drawn[0] * 110_000)), float(int(drawn[1] * 9)), float(int(drawn[2] * 6)), round(drawn[3], 2)),
            *(float(int(drawn[4] * 6_000)), float(int(drawn[5] * 40_000))),
            *("for_sale" if drawn[0] < 0.6 else "sold", f"{int(drawn[1] * 2e6)} Long Street"),
            *(f"Town {int(drawn[2] * 12_000)}", f"Region {int(drawn[3] * 54)}", f"20{int(drawn[4] * 24):02d}-05-17"),
        ]
        row = {n: None if gone else value for n, value, gone in zip((*NUMBERS, *WORDS), values, missing, strict=True)}
        yield {**row, "worth": float(int(drawn[5] * 900_000))}


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
