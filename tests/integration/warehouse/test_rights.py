"""What each role may do, and above all what it may not."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError

from telar.adapters.warehouse import Warehouse, ledger, open_warehouse, predictions
from telar.adapters.warehouse.names import Role
from telar.adapters.warehouse.tables import metadata
from telar.domain.lifecycle import PromotionState
from tests.integration.warehouse.making import NOW, stored
from tests.support.databases import TestDatabase


def prediction(request_id: str = "0199", received_at: datetime = NOW) -> predictions.PredictionRow:
    return predictions.PredictionRow(
        *(request_id, 0, "tiny", "3", received_at, {"Length": 4.5, "Count": 30, "Colour": "red"}),
        *("1", {"0": 0.25, "1": 0.75}, 200, None, 1.5),
    )


def refused(url: SecretStr, statement: str) -> bool:
    """Whether the database refuses the statement for want of a right."""
    with open_warehouse(url) as warehouse:
        qualified = statement.format(**warehouse.names.translation)
        try:
            with warehouse.begin() as connection:
                connection.exec_driver_sql(qualified)
        except DBAPIError as error:
            return any(word in str(error).lower() for word in ("permission denied", "denied to user", "must be owner"))
    return False


def fill_ledger(warehouse: Warehouse) -> None:
    ledger.append(
        warehouse, "tiny", "1", PromotionState.DONE, actor="pipeline", run_id="run", reason="first", evidence={}
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {ops}.promotions SET version = '9'",
        "DELETE FROM {ops}.promotions",
        "TRUNCATE {ops}.promotions",
        "DROP TABLE {ops}.promotions",
        "ALTER TABLE {ops}.promotions ADD COLUMN note TEXT",
        "UPDATE {ops}.decisions SET choice = 'train'",
        "DELETE FROM {ops}.decisions",
        "DELETE FROM {ops}.batches",
        "DELETE FROM {ops}.requests",
        "UPDATE {ops}.predictions SET prediction = '9'",
        "CREATE TABLE {ops}.mine (id INTEGER)",
    ],
)
def test_the_pipeline_cannot_change_the_past(warehouse: Warehouse, database: TestDatabase, statement: str) -> None:
    fill_ledger(warehouse)

    assert refused(database.pipeline_url, statement)


def test_inference_writes_a_prediction_and_writing_it_again_changes_nothing(database: TestDatabase) -> None:
    with open_warehouse(database.inference_url) as inference:
        predictions.insert(inference, [prediction("a"), prediction("b")])
        predictions.insert(inference, [prediction("b"), prediction("c")])

    with open_warehouse(database.reader_url) as reader, reader.begin() as connection:
        table = metadata.tables["ops.predictions"]
        rows = connection.execute(sa.select(table).order_by(table.c.request_id)).all()
    assert [row.request_id for row in rows] == ["a", "b", "c"]
    assert rows[0].probabilities == {"0": 0.25, "1": 0.75}
    assert rows[0].received_at == NOW


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM {ops}.predictions",
        "UPDATE {ops}.predictions SET prediction = '9'",
        "DELETE FROM {ops}.predictions",
        "SELECT * FROM {ops}.batches",
        "SELECT * FROM {raw}.tiny",
        "SELECT * FROM {clean}.tiny",
    ],
)
def test_inference_can_do_nothing_else(database: TestDatabase, statement: str) -> None:
    assert refused(database.inference_url, statement)


@pytest.mark.parametrize("name", sorted(table.name for table in metadata.sorted_tables))
def test_the_reader_reads_every_table_and_changes_none(database: TestDatabase, name: str) -> None:
    assert not refused(database.reader_url, f"SELECT * FROM {{ops}}.{name}")
    assert refused(database.reader_url, f"DELETE FROM {{ops}}.{name}")


def test_the_reader_reads_what_the_pipeline_makes_later(warehouse: Warehouse, database: TestDatabase) -> None:
    stored(warehouse, 1)

    for what in ("{raw}.tiny", "{clean}.tiny", "{clean}.new_tiny", "{ops}.batch_status", "{ops}.batch_statistics"):
        assert not refused(database.reader_url, f"SELECT * FROM {what}")
    for statement in ("DELETE FROM {raw}.tiny", "DROP TABLE {clean}.tiny", "CREATE TABLE {clean}.mine (id INTEGER)"):
        assert refused(database.reader_url, statement)


def test_a_role_without_its_password_stays_outside(database: TestDatabase) -> None:
    from telar.domain.errors import WarehouseUnavailable

    wrong = sa.make_url(database.url(Role.PIPELINE).get_secret_value()).set(password="guessed")
    attempt: Callable[[], object] = open_warehouse(wrong.render_as_string(hide_password=False)).engine.connect

    with pytest.raises(WarehouseUnavailable, match=r"user .*batchuser"):
        attempt()


def test_the_view_of_inputs_has_a_typed_column_for_each(database: TestDatabase) -> None:
    with open_warehouse(database.inference_url) as inference:
        bad = predictions.PredictionRow("x", 0, "tiny", "3", NOW, "not a record", None, None, 422, "no", 0.1)
        odd = predictions.PredictionRow("y", 0, "tiny", "3", NOW, {"Length": None, "Count": "3"}, "0", {}, 200, None, 1)
        predictions.insert(inference, [prediction("a"), bad, odd])

    with open_warehouse(database.reader_url) as reader, reader.begin() as connection:
        question = f"SELECT * FROM {reader.names.schema('clean')}.new_tiny ORDER BY request_id"
        rows = connection.exec_driver_sql(question).mappings().all()
    assert [(row["request_id"], row["Length"], row["Count"], row["Colour"]) for row in rows] == [
        ("a", 4.5, 30.0, "red"),
        ("y", None, None, None),
    ]
