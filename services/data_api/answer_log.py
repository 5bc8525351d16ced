"""The log of what was handed out, one JSON line for each batch answered, on disk before the answer leaves."""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from telar.domain.base import Value

FILE_NAME = "answers.jsonl"


class LoggedAnswer(Value):
    """One answer: to whom, which batch, when, how many rows; digests of its rows and of the bytes of its body.

    An answer from a ``part`` of a split data set is for no group (0), and its batches count from 0.
    """

    use_case: str
    group: int
    cycle: int
    batch: int
    time: datetime
    rows: int
    rows_sha256: str
    payload_sha256: str
    part: str = ""


def digest_of_rows(rows: Iterable[Sequence[str | None]]) -> str:
    """SHA-256 over the rows in order, each as a compact JSON array of texts and nulls on a line of its own.

    The values are those of `Answer.rows`, all columns of the use case in their order, and so those of the raw table.
    """
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(list(row), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()


def append(folder: Path, answer: LoggedAnswer) -> None:
    """Adds one line and waits until the disk has it."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / FILE_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(descriptor, answer.model_dump_json().encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(folder: Path) -> list[LoggedAnswer]:
    """Every answer so far, oldest first."""
    path = folder / FILE_NAME
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [LoggedAnswer.model_validate_json(line) for line in lines]
