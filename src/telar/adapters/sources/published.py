"""A published table as a source that can be asked again: from a file, from UCI or generated, in parts and batches."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telar.domain.answer import Answer, PartSizes, SourceDescription
from telar.domain.errors import DataError, EndOfData
from telar.domain.partitions import Partition
from telar.domain.sources import PublishedSource
from telar.domain.use_case import UseCase

if TYPE_CHECKING:
    from pandas import DataFrame as Frame

    from telar.adapters.sources.origins import Origin
else:
    Frame = Origin = Any

Parts = Callable[[Frame, str], Sequence[Partition]]


@dataclass(frozen=True)
class Place:
    """Where a table is looked for: a folder of files, else UCI (``download``), kept below ``work``.

    Without both there are generated rows. ``uci_url`` is a mirror of UCI's API; ``seconds`` bounds each step of it.
    """

    data_folder: Path | None
    work: Path
    download: bool
    seconds: float
    uci_url: str | None = None


class PublishedClient:
    """One table; ``parts`` gives the part of each of its rows (the frame and its digest in), as it was stored."""

    def __init__(self, use_case: UseCase, source: PublishedSource, place: Place, parts: Parts) -> None:
        self._use_case = use_case
        self._source = source
        self._place = place
        self._parts = parts

    def describe(self) -> SourceDescription:
        """Where the rows come from.

        Raises:
            SourceUnavailable: UCI does not answer, or stopped half-way; nothing is kept.
            DataError: a table that has not the use case's columns.
        """
        origin = self._origin
        return SourceDescription(provenance=origin.provenance, origin=origin.told(len(self._table)))

    def sizes(self) -> PartSizes:
        """The rows of each part; raises as `describe` does, and whatever ``parts`` raises."""
        return PartSizes(batch_rows=self._source.batch_rows, **{part: len(rows) for part, rows in self._rows.items()})

    def fetch(self, part: Partition, number: int) -> Answer:
        """The rows of batch ``number`` (from 1) of a part, in the order of the table; the same whenever asked.

        Raises:
            EndOfData: the part has fewer batches.
        """
        from telar.adapters.sources.texts import as_texts

        asked = datetime.now(UTC)
        places = self._rows[part][(number - 1) * self._source.batch_rows : number * self._source.batch_rows]
        if number < 1 or not places:
            raise EndOfData(f"the {part} part of {self._use_case.name} has no batch {number}", nothing_handed_out=True)
        rows = as_texts(self._use_case, self._table.iloc[places])
        return Answer(
            group_number=0,
            batch_number=number,
            columns=self._use_case.names,
            rows=rows,
            payload_sha256=hashlib.sha256(repr(rows).encode()).hexdigest(),
            requested_at=asked,
            received_at=datetime.now(UTC),
        )

    def restart(self, group: int) -> None:
        """A table has no position; a new cycle begins at its first batch."""

    @cached_property
    def _rows(self) -> dict[Partition, list[int]]:
        found: dict[Partition, list[int]] = {"train": [], "validation": [], "test": []}
        for place, part in enumerate(self._parts(self._table, _digest(self._table))):
            found[part].append(place)
        return found

    @cached_property
    def _table(self) -> Frame:
        table = self._origin.load()
        if table.empty:
            raise DataError(f"{self._origin.told(0)}: there are no rows")
        return table

    @cached_property
    def _origin(self) -> Origin:
        from telar.adapters.sources.origins import from_download, from_file, from_sample

        notes: list[str] = []
        uci_id = self._source.uci_id
        kept = self._place.work / "sources" / f"{self._use_case.name}.parquet"
        found = from_file(self._use_case, self._place.data_folder, notes)
        if found is None and uci_id is not None and self._place.download:
            self._download(uci_id, kept)
            found = from_download(self._use_case, kept, None, notes)
        return found or from_sample(self._use_case, None)

    def _download(self, uci_id: int, kept: Path) -> None:
        from telar.adapters.sources.uci import download_apart

        if not kept.exists():
            download_apart(self._place.uci_url, self._place.seconds, uci_id, kept)


def _digest(table: Frame) -> str:
    """SHA-256 over the values in their order, the same on every machine."""
    import pandas as pd

    hashes = pd.util.hash_pandas_object(table.astype("string").fillna("\0"), index=False)
    return hashlib.sha256(hashes.to_numpy().tobytes()).hexdigest()
