"""`ops.predictions`: every request for a prediction, refused ones too; writing a row again changes nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from telar.adapters.warehouse.connection import Warehouse
from telar.adapters.warehouse.tables import predictions
from telar.domain.errors import DataError

_DUPLICATE_KEY = 1062
_NAMES = ", ".join(column.name for column in predictions.columns)
# All rows in one JSON text: a fifth of the work of a parameter for each value, on the core that answers predictions.
_POSTGRESQL_INSERT = text(
    f"INSERT INTO {predictions.fullname} ({_NAMES}) SELECT {_NAMES} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS "
    "sent (request_id text, row_number integer, use_case text, model_version text, received_at timestamptz, "
    "input jsonb, prediction text, probabilities jsonb, status integer, error text, latency_ms double precision) "
    "ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True)
class PredictionRow:
    """One record that was asked about. ``request_id`` is a UUIDv7; ``row_number`` counts the records of a request.

    ``input`` and ``probabilities`` are JSON: the record as received (a truncated text where it was too long or no
    record at all), a number for each class. ``status`` is the HTTP status, ``latency_ms`` of the whole request.
    """

    request_id: str
    row_number: int
    use_case: str | None
    model_version: str | None
    received_at: datetime
    input: object
    prediction: str | None
    probabilities: object
    status: int
    error: str | None
    latency_ms: float | None


def insert(warehouse: Warehouse, rows: Sequence[PredictionRow]) -> None:
    """Write the rows that are not there yet, in one transaction.

    Raises:
        DataError: a value that the table would have to change.
    """
    if not rows:
        return
    values = [vars(row) for row in rows]
    with warehouse.begin() as connection:
        if warehouse.dialect == "mysql":
            connection.execute(predictions.insert().prefix_with("IGNORE"), values)
            _refuse_changed_values(connection)
        else:
            values = [{**each, "received_at": each["received_at"].isoformat()} for each in values]
            connection.execute(_POSTGRESQL_INSERT, {"rows": json.dumps(values)})


def _refuse_changed_values(connection: Connection) -> None:
    """IGNORE turns every error into a warning; only a row that is there already is fine."""
    warnings = connection.exec_driver_sql("SHOW WARNINGS").all()
    if changed := [str(row[2]) for row in warnings if row[1] != _DUPLICATE_KEY]:
        raise DataError(f"MySQL would change a prediction: {'; '.join(changed[:3])}")
