"""The rows of one use case, ready to be handed out: a file of JSON lines, and where each of them begins."""

import json
import mmap
import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from telar.domain.base import Value
from telar.domain.lifecycle import Provenance
from telar.domain.partitions import Partition

MANIFEST, LINES, OFFSETS = "feed.json", "rows.jsonl", "offsets"


class Manifest(Value):
    """What a feed holds; written last, so a folder with a manifest is whole.

    ``notes`` tell which file did not fit and which download failed, and why. ``parts`` and ``batch_sizes`` say how many
    rows of the file, in its order, each part or batch has, where the source has parts or batches of different sizes.
    """

    use_case: str
    provenance: Provenance
    origin: str
    rows: int
    notes: tuple[str, ...] = ()
    parts: dict[Partition, int] = Field(default_factory=dict)
    batch_sizes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Feed:
    """An opened feed; the file stays mapped, so memory holds only what was lately read."""

    manifest: Manifest
    lines: mmap.mmap
    offsets: "array[int]"

    def draw(self, start: int, stop: int, count: int) -> list[bytes]:
        """``count`` different rows of ``start`` to ``stop``, at random, each as JSON."""
        return [self._line(index) for index in random.SystemRandom().sample(range(start, stop), count)]

    def take(self, start: int, stop: int) -> list[bytes]:
        """The rows from ``start`` to before ``stop``, in their order."""
        return [self._line(index) for index in range(start, stop)]

    def _line(self, index: int) -> bytes:
        return self.lines[self.offsets[index] : self.offsets[index + 1] - 1]


def open_feed(folder: Path) -> Feed:
    """The feed in ``folder``, as `write.write_feed` left it."""
    offsets = array("Q")
    offsets.frombytes((folder / OFFSETS).read_bytes())
    with (folder / LINES).open("rb") as file:
        lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return Feed(read_manifest(folder), lines, offsets)


def texts(lines: Sequence[bytes]) -> Iterator[list[str | None]]:
    """The values of each line as a client stores them: numbers as they are written, true and false, None for null."""
    for line in lines:
        row = json.loads(line, parse_int=str, parse_float=str)
        values = row.values() if isinstance(row, dict) else row
        yield [str(value).lower() if isinstance(value, bool) else value for value in values]


def read_manifest(folder: Path) -> Manifest:
    return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
