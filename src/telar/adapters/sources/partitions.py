"""The client of a data service that serves a split data set: sizes, and any batch of any part, as often as asked."""

import hashlib
from datetime import UTC, datetime

from pydantic import BaseModel, ValidationError

from telar.adapters.sources.http import Reply, accepted, get
from telar.adapters.sources.parsing import parse
from telar.domain.answer import Answer, PartSizes, SourceDescription
from telar.domain.errors import MalformedAnswer
from telar.domain.lifecycle import Provenance
from telar.domain.partitions import Partition
from telar.domain.use_case import UseCase


class _Info(BaseModel):
    """What ``dataset-info`` tells; an original tells no origin."""

    train_size: int
    validation_size: int
    test_size: int
    batch_size: int
    provenance: Provenance = Provenance.UPSTREAM
    origin: str = ""


class PartitionsClient:
    """Asks one data service for one use case; ``prefixed`` and ``timeout_seconds`` as for a `DataApiClient`.

    ``batch_rows`` is the size asked for.
    """

    def __init__(self, url: str, use_case: UseCase, prefixed: bool, timeout_seconds: float, batch_rows: int) -> None:
        self.base = url.rstrip("/") + (f"/{use_case.name}" if prefixed else "")
        self._use_case = use_case
        self._seconds = timeout_seconds
        self._batch_rows = batch_rows

    def describe(self) -> SourceDescription:
        """Where the service's rows come from.

        Raises:
            SourceUnavailable: no answer, or a 5xx. SourceRefused: it has no parts of this use case.
            MalformedAnswer: sizes that are no sizes.
        """
        info = self._info()
        return SourceDescription(provenance=info.provenance, origin=info.origin or f"the data service at {self.base}")

    def sizes(self) -> PartSizes:
        """The rows of each part; raises as `describe` does."""
        info = self._info()
        return PartSizes(
            train=info.train_size, validation=info.validation_size, test=info.test_size, batch_rows=self._batch_rows
        )

    def fetch(self, part: Partition, number: int) -> Answer:
        """The rows of batch ``number`` (from 1; the service counts from 0) of a part; raises as `describe` does."""
        asked = datetime.now(UTC)
        reply = accepted(self._get(f"{part}/batches/{number - 1}", limit=self._batch_rows))
        batch = parse(reply.body, self._use_case.names)
        if batch.number != number - 1:
            raise MalformedAnswer(f"asked for batch {number - 1} of {part}, the answer is batch {batch.number}")
        return Answer(
            group_number=0,
            batch_number=number,
            columns=batch.columns,
            rows=batch.rows,
            payload_sha256=hashlib.sha256(reply.body).hexdigest(),
            requested_at=asked,
            received_at=datetime.now(UTC),
        )

    def restart(self, group: int) -> None:
        """A part has no position; a new cycle begins at its first batch."""

    def _info(self) -> _Info:
        reply = accepted(self._get("dataset-info"))
        try:
            return _Info.model_validate_json(reply.body)
        except ValidationError as error:
            raise MalformedAnswer(f"{reply.url} does not tell the sizes of its parts: {reply.body[:100]!r}") from error

    def _get(self, path: str, **parameters: int) -> Reply:
        return get(f"{self.base}/{path}", parameters, self._seconds)
