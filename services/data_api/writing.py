"""A frame written as a feed: each row one line of JSON, as the use case's upstream would send it."""

import json
import tempfile
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from services.data_api.feed import LINES, MANIFEST, OFFSETS, Manifest
from telar.adapters.sources.texts import encoded
from telar.domain.use_case import UseCase


def write_feed(folder: Path, use_case: UseCase, frame: pd.DataFrame, manifest: Manifest) -> None:
    """Writes beside ``folder`` and renames: it appears whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as beside:
        written = Path(beside) / "feed"
        written.mkdir()
        offsets = array("Q", [0])
        with (written / LINES).open("wb") as file:
            for line in _lines(use_case, frame):
                offsets.append(offsets[-1] + file.write(line.encode() + b"\n"))
        (written / OFFSETS).write_bytes(offsets.tobytes())
        (written / MANIFEST).write_text(manifest.model_dump_json(indent=1))
        try:
            written.rename(folder)
        except OSError:
            if not (folder / MANIFEST).exists():  # else another process has just written the same feed
                raise


def _lines(use_case: UseCase, frame: pd.DataFrame) -> Iterator[str]:
    """Each distinct value is one text, key and all: the rows of a large feed only refer to it."""
    objects = use_case.source.row_format == "objects"
    kinds = {column.name: column.kind for column in use_case.columns}
    encode: Callable[[object], str] = _json_value if objects else _json_text
    keys = [json.dumps(name) + ":" if objects else "" for name in use_case.names]
    values = [
        encoded(frame[name], kinds.get(name, "category"), _after(key, encode), key + "null")
        for key, name in zip(keys, use_case.names, strict=True)
    ]
    opening, closing = ("{", "}") if objects else ("[", "]")
    return (opening + ",".join(row) + closing for row in zip(*values, strict=True))


def _after(key: str, encode: Callable[[object], str]) -> Callable[[object], str]:
    return lambda value: key + encode(value)


def _json_text(value: object) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def _json_value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
