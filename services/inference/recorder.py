"""The one writer of ops.predictions: requests leave rows in a bounded buffer, one thread writes them."""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import exc, literal, select
from sqlalchemy.exc import SQLAlchemyError

from services.inference.figures import Figures
from telar.adapters.warehouse import Warehouse
from telar.adapters.warehouse.predictions import PredictionRow, insert
from telar.domain.errors import DataError, WarehouseError

BUFFER_ROWS = 20_000
BATCH_ROWS = 500
PAUSE_SECONDS = 0.2
PROBE_AFTER = timedelta(seconds=5)
LONGEST_RETRY_SECONDS = 30.0
# A value that the engine, its driver or the JSON encoder cannot take; any other error may pass, so its rows wait.
REFUSED_VALUES = (DataError, exc.DataError, exc.IntegrityError, ValueError, TypeError)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DatabaseState:
    """What the last word with the warehouse came to; ``available`` is None before the first."""

    available: bool | None
    detail: str
    checked_at: datetime | None


class Recorder:
    """Records prediction requests without slowing them.

    While the warehouse is away, up to ``buffer_rows`` rows wait; further ones are dropped and counted.
    """

    def __init__(self, warehouse: Warehouse, figures: Figures, buffer_rows: int = BUFFER_ROWS) -> None:
        self._warehouse, self._figures, self._buffer_rows = warehouse, figures, buffer_rows
        self._rows: deque[PredictionRow] = deque()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="recorder", daemon=True)
        self.state = DatabaseState(None, "not asked yet", None)
        figures.waiting.set_function(lambda: len(self._rows))

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def record(self, rows: Sequence[PredictionRow]) -> None:
        """Leave rows to be written; returns at once, whatever the warehouse does."""
        if len(self._rows) + len(rows) > self._buffer_rows:
            self._figures.dropped.labels("buffer_full").inc(len(rows))
            return
        self._rows.extend(rows)

    def close(self, seconds: float) -> None:
        """Write what waits, for up to ``seconds``, and end; what is left then is dropped and counted."""
        self._closing.set()
        self._thread.join(seconds)
        if left := len(self._rows):
            self._figures.dropped.labels("shutdown").inc(left)
            log.error("%d prediction rows are lost: the warehouse did not take them within %g s", left, seconds)

    def _write_on(self) -> None:
        retry_seconds = PAUSE_SECONDS
        while not (self._closing.is_set() and not self._rows):
            last_try = self._closing.is_set()
            try:
                self._step()
            except (WarehouseError, SQLAlchemyError) as error:
                self._tell(False, _first_line(error))
                if last_try:
                    return
                self._closing.wait(retry_seconds)
                retry_seconds = min(retry_seconds * 2, LONGEST_RETRY_SECONDS)
            else:
                retry_seconds = PAUSE_SECONDS
                if len(self._rows) < BATCH_ROWS:
                    self._closing.wait(PAUSE_SECONDS)

    def _step(self) -> None:
        """Write the oldest rows, or look whether the warehouse is there when it has not been asked for a while."""
        if not self._rows:
            if self.state.checked_at is None or datetime.now(UTC) - self.state.checked_at > PROBE_AFTER:
                self._probe()
            return
        batch = [self._rows[index] for index in range(min(BATCH_ROWS, len(self._rows)))]
        try:
            insert(self._warehouse, batch)
            written = len(batch)
        except REFUSED_VALUES:
            written = self._write_singly(batch)
        for _ in batch:
            self._rows.popleft()
        self._figures.recorded.inc(written)
        self._figures.dropped.labels("refused").inc(len(batch) - written)
        self._tell(True, "answers")

    def _write_singly(self, batch: Sequence[PredictionRow]) -> int:
        """One row that the database refuses must not keep the others out."""
        written = 0
        for row in batch:
            try:
                insert(self._warehouse, [row])
                written += 1
            except REFUSED_VALUES as error:
                log.error("the warehouse refuses the row of request %s: %s", row.request_id, _first_line(error))
        return written

    def _probe(self) -> None:
        with self._warehouse.begin() as connection:
            connection.execute(select(literal(1)))
        self._tell(True, "answers")

    def _tell(self, available: bool, detail: str) -> None:
        if self.state.available is not available:
            said = "the warehouse answers" if available else f"{detail}; predictions go on, their rows wait"
            log.log(logging.INFO if available else logging.WARNING, "%s", said)
        self.state = DatabaseState(available, detail, datetime.now(UTC))


def _first_line(error: Exception) -> str:
    """SQLAlchemy's further lines hold the statement with what the caller sent, which is not for logs."""
    return str(error).partition("\n")[0]
