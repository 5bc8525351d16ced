"""One use case as an upstream: answers with its current batch, keeps each group's position, logs what it handed out."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta

from services.data_api import answer_log, positions
from services.data_api.answer_log import LoggedAnswer, digest_of_rows
from services.data_api.feed import Feed, texts
from services.data_api.loading import Loading
from services.data_api.positions import Position
from telar.domain.errors import DataError
from telar.domain.use_case import DataApiSource, UseCase
from telar.settings import DataApiSettings

PATIENCE_SECONDS = 20.0


class Upstream:
    """Hands out the rows of ``loading`` as the settings say, else as the use case's own source does.

    ``turn`` is the lock of the positions' file, the same for every definition that the use case has had.
    """

    def __init__(
        self,
        use_case: UseCase,
        source: DataApiSource,
        settings: DataApiSettings,
        loading: Loading,
        code_digest: str,
        turn: threading.Lock,
    ) -> None:
        window = source.window_seconds if settings.window_seconds is None else settings.window_seconds
        self.use_case = use_case
        self.loading = loading
        self.code_digest = code_digest
        self.window = timedelta(seconds=window)
        self.groups = source.groups
        self.batches = len(source.selections) or settings.batches or source.batches
        self._answer_share = settings.answer_share or source.answer_share
        self._answer_rows = settings.answer_rows
        self._state = settings.state_folder
        self._positions = settings.state_folder / "positions" / f"{use_case.name}.json"
        self._turn = turn

    def feed(self) -> Feed:
        """The rows, waited for as long as a client would wait; raises as `Loading.wait` does."""
        feed = self.loading.wait(PATIENCE_SECONDS)
        if feed.manifest.rows < self.batches:
            raise DataError(f"{feed.manifest.origin}: too few rows for {self.batches} batches")
        return feed

    def batch_rows(self, feed: Feed) -> int:
        """Rows of one batch; what is left over by the division is handed out to nobody, as in the original.

        Of batches of different sizes, rows of the largest.
        """
        return max(feed.manifest.batch_sizes, default=feed.manifest.rows // self.batches)

    def answer_rows(self, feed: Feed) -> int:
        """Rows of one answer, at most."""
        return self._share_of(self.batch_rows(feed))

    def _share_of(self, batch: int) -> int:
        return max(1, min(batch, self._answer_rows or int(round(batch * self._answer_share, 6))))

    def answer(self, group: int) -> bytes:
        """The body of an answer to ``group``: random rows of its current batch.

        The position, then the log, are on disk before the answer leaves: a kill in between may cost the client a batch,
        and never makes this service hand one out unlogged.

        Raises:
            EndOfData: the group has had every batch.
        """
        feed = self.feed()
        with self._turn:
            now = datetime.now(UTC)
            before = positions.read(self._positions, group)
            position = positions.advance(before, now, self.window, self.batches)
            rows = self._draw(feed, position.batch)
            body = _body(group, position.batch, rows)
            if position != before:
                positions.write(self._positions, group, position)
            answer_log.append(self._state, self._logged(group, position, now, rows, body))
        return body

    def restart(self, group: int) -> None:
        """Back to the start for ``group``, in a new cycle."""
        with self._turn:
            position = positions.read(self._positions, group)
            positions.write(self._positions, group, Position(cycle=position.cycle + 1))

    def _draw(self, feed: Feed, batch: int) -> list[bytes]:
        sizes = feed.manifest.batch_sizes or (self.batch_rows(feed),) * self.batches
        start, size = sum(sizes[: batch - 1]), sizes[batch - 1]
        return feed.draw(start, start + size, self._share_of(size))

    def _logged(self, group: int, position: Position, now: datetime, rows: list[bytes], body: bytes) -> LoggedAnswer:
        return LoggedAnswer(
            use_case=self.use_case.name,
            group=group,
            cycle=position.cycle,
            batch=position.batch,
            time=now,
            rows=len(rows),
            rows_sha256=digest_of_rows(texts(rows)),
            payload_sha256=hashlib.sha256(body).hexdigest(),
        )


def _body(group: int, batch: int, rows: list[bytes]) -> bytes:
    return b'{"group_number":%d,"batch_number":%d,"data":[%b]}' % (group, batch, b",".join(rows))
