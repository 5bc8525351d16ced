"""What an upstream said: who it is, and one batch of its rows exactly as received."""

from dataclasses import dataclass
from datetime import datetime

from telar.domain.base import Value
from telar.domain.lifecycle import Provenance
from telar.domain.partitions import TEST, TRAIN, VALIDATION, Partition


class SourceDescription(Value):
    """What the upstream tells of itself; an original course API tells nothing (provenance ``upstream``).

    ``origin`` is a sentence for people, such as "UCI Covertype, 581,012 rows from covertype.parquet".
    ``batches`` is how many it has in all; ``window_seconds`` how long it answers with the same batch.
    """

    provenance: Provenance
    origin: str
    batches: int | None = None
    window_seconds: float | None = None


class PartSizes(Value):
    """How many rows each part of a source that is split once has, and how many make a batch."""

    train: int
    validation: int
    test: int
    batch_rows: int

    def rows(self, part: Partition) -> int:
        """The rows of that part."""
        return {TRAIN: self.train, VALIDATION: self.validation, TEST: self.test}[part]

    def batches(self, part: Partition) -> int:
        """The batches of that part; the last one may be smaller."""
        return -(-self.rows(part) // self.batch_rows)


@dataclass(frozen=True)
class Answer:
    """One batch as received: every value a string, or None for a null.

    ``columns`` are the names in the order of ``rows``; a row shorter or longer than them never gets here.
    ``payload_sha256`` is over the bytes of the body.
    """

    group_number: int
    batch_number: int
    columns: tuple[str, ...]
    rows: list[tuple[str | None, ...]]
    payload_sha256: str
    requested_at: datetime
    received_at: datetime
