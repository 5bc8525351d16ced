"""What the warehouse tests store: answers, reservations and clean rows of the tiny use case."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd

from telar.adapters.warehouse import Warehouse, batches, windows
from telar.domain.answer import Answer, SourceDescription
from telar.domain.lifecycle import Provenance
from telar.domain.use_case import UseCase
from tests.support.tiny import TINY

NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
NO_WINDOW = timedelta(0)
FEED = ("tiny", "data_api", 1)
SAMPLE = SourceDescription(provenance=Provenance.SAMPLE, origin="a sample of 4,800 rows")
ROW = ("4.5", "30", "red", "1")
Row = Sequence[str | None]


def answer(number: int, rows: Sequence[Row] = (ROW, ROW), columns: Sequence[str] = TINY.names) -> Answer:
    """Batch ``number`` of group 1 with these rows."""
    return Answer(1, number, tuple(columns), [tuple(row) for row in rows], "ab" * 32, NOW, NOW)


def reserved(warehouse: Warehouse, run_id: str = "run", window: timedelta = NO_WINDOW) -> windows.Reserved:
    """A reservation that must be given."""
    given = windows.reserve(warehouse, *FEED, window, run_id, datetime.now(UTC))
    assert isinstance(given, windows.Reserved)
    return given


def stored(
    warehouse: Warehouse, number: int, rows: Sequence[Row] = (ROW, ROW), use_case: UseCase = TINY, run_id: str = "run"
) -> int:
    """The id of a batch that was just stored."""
    right = reserved(warehouse, run_id)
    batch_id = batches.store(
        warehouse, use_case, right.request_id, right, answer(number, rows, use_case.names), SAMPLE, run_id
    )
    assert batch_id is not None
    return batch_id


def cleaned(raw_rows: pd.DataFrame, use_case: UseCase = TINY) -> pd.DataFrame:
    """A plain transformation: numbers as numbers, every third row held out."""
    frame = raw_rows.drop(columns="_extra")
    for column in use_case.columns:
        if column.numeric:
            frame[column.name] = pd.to_numeric(frame[column.name], errors="coerce")
    frame["_partition"] = ["test" if row % 3 == 2 else "train" for row in frame["_row"]]
    return frame
