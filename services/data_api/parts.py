"""One split use case as a data service: the sizes of its parts, and any batch of any part, as often as asked."""

import hashlib
import threading
from datetime import UTC, datetime

from services.data_api import answer_log
from services.data_api.answer_log import LoggedAnswer, digest_of_rows
from services.data_api.feed import Feed, texts
from services.data_api.loading import Loading
from services.data_api.upstream import PATIENCE_SECONDS
from telar.domain.partitions import Partition
from telar.domain.use_case import PublishedSource, UseCase
from telar.settings import DataApiSettings


class NoSuchBatch(Exception):
    """The part ends before that batch."""


class Parts:
    """Serves the rows of ``loading`` by part; ``turn`` orders the lines of the answer log."""

    def __init__(
        self,
        use_case: UseCase,
        source: PublishedSource,
        settings: DataApiSettings,
        loading: Loading,
        code_digest: str,
        turn: threading.Lock,
    ) -> None:
        self.use_case = use_case
        self.loading = loading
        self.code_digest = code_digest
        self.batch_rows = source.batch_rows
        self._state = settings.state_folder
        self._turn = turn

    def feed(self) -> Feed:
        """The rows, waited for as long as a client would wait; raises as `Loading.wait` does."""
        return self.loading.wait(PATIENCE_SECONDS)

    def rows(self, part: Partition) -> int:
        """The rows of the part."""
        return self.feed().manifest.parts[part]

    def batches(self, part: Partition, limit: int) -> int:
        """The batches of the part, of ``limit`` rows each; the last one may be smaller."""
        return -(-self.rows(part) // limit)

    def answer(self, part: Partition, number: int, limit: int) -> bytes:
        """The body of the answer with batch ``number`` (from 0), logged before it leaves.

        Raises:
            NoSuchBatch: the part ends before it.
        """
        feed = self.feed()
        start, stop = number * limit, min((number + 1) * limit, self.rows(part))
        if start >= stop:
            raise NoSuchBatch(f"the {part} part ends with batch {self.batches(part, limit) - 1} of {limit} rows")
        first = _first(feed, part)
        rows = feed.take(first + start, first + stop)
        body = _body(number, start, stop, rows)
        with self._turn:
            answer_log.append(self._state, self._logged(part, number, rows, body))
        return body

    def _logged(self, part: Partition, number: int, rows: list[bytes], body: bytes) -> LoggedAnswer:
        return LoggedAnswer(
            use_case=self.use_case.name,
            group=0,
            cycle=1,
            batch=number,
            time=datetime.now(UTC),
            rows=len(rows),
            rows_sha256=digest_of_rows(texts(rows)),
            payload_sha256=hashlib.sha256(body).hexdigest(),
            part=part,
        )


def _first(feed: Feed, part: Partition) -> int:
    """Where the part begins: the parts stand one behind the other."""
    before = 0
    for name, rows in feed.manifest.parts.items():
        if name == part:
            break
        before += rows
    return before


def _body(number: int, start: int, stop: int, rows: list[bytes]) -> bytes:
    head = b'{"batch_number":%d,"start_row":%d,"end_row":%d,"batch_size":%d' % (number, start, stop, stop - start)
    return head + b',"data":[%b]}' % b",".join(rows)
