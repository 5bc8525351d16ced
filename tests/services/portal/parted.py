"""A past of a table that was split and read in batches, and of a source that was begun again, row by row."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Table

from telar.adapters.warehouse import Warehouse, tables

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HELD = "held out: {} rows, on which no model is trained"


def write_parts(warehouse: Warehouse) -> None:
    """Three batches of 500 rows and less make up the training part of visits; two of them were read."""
    split = {"rows_sha256": "0" * 64, "total_rows": 2_400, "train_rows": 1_440, "validation_rows": 479}
    with warehouse.begin() as connection:
        _add(connection, tables.splits, "visits", "published", cycle=1, created_at=START, test_rows=481, **split)
        for part, rows in (("validation", 479), ("test", 481)):
            told = {"reason": HELD.format(part), "clean_rows": rows - 9}
            _batch(connection, "visits", f"published/{part}", 1, 1, rows, status="prepared", **told)
        _batch(connection, "visits", "published", 1, 1, 500, decision="train", outcome="promoted", model_version="1")
        _batch(connection, "visits", "published", 1, 2, 500, decision="train", outcome="rejected", model_version="2")
        for source, last in (("published", 2), ("published/validation", 1), ("published/test", 1)):
            _window(connection, "visits", source, 1, last)


def write_cycles(warehouse: Warehouse) -> None:
    """Two batches and a lost one were read of houses before it was begun again; nothing of the new cycle yet."""
    with warehouse.begin() as connection:
        _batch(connection, "houses", "data_api", 1, 1, 73_784, status="cleared", outcome="promoted")
        _batch(connection, "houses", "data_api", 1, 2, 94_551, status="cleared", outcome="not_trained")
        _batch(connection, "houses", "data_api", 1, 3, None, status="lost_upstream")
        _window(connection, "houses", "data_api", 2, None)


def _batch(
    connection: Connection, use_case: str, source: str, cycle: int, number: int, rows: int | None, **more: object
) -> None:
    at = START + timedelta(minutes=10 * number)
    values = {"status": "prepared", "total_records": rows, "provenance": "file", "origin": "a file", **more}
    when = {"requested_at": at, "received_at": at if rows else None, "run_id": f"run-{number}"}
    _add(connection, tables.batches, use_case, source, cycle=cycle, batch_number=number, **when, **values)
    _add(connection, tables.requests, use_case, source, cycle=cycle, run_id=f"run-{number}", requested_at=at)


def _window(connection: Connection, use_case: str, source: str, cycle: int, last: int | None) -> None:
    _add(connection, tables.windows, use_case, source, cycle=cycle, last_batch_number=last, next_request_at=START)


def _add(connection: Connection, table: Table, use_case: str, source: str, **values: object) -> None:
    connection.execute(table.insert().values(use_case=use_case, source=source, group_number=1, **values))
