"""Raw rows are what was received, whatever it was."""

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import characters, lists, none, text, tuples

from telar.adapters.warehouse import Warehouse, batches, bulk, raw
from telar.domain.columns import Column
from telar.domain.use_case import UseCase
from tests.integration.warehouse.making import SAMPLE, Row, answer, reserved, stored
from tests.support.tiny import TINY

HOSTILE = [
    'a "quoted" word',
    '"',
    '""',
    "it's",
    "back\\slash",
    "\\",
    "\\N",
    "\\.",
    "line\nfeed",
    "carriage\r\nreturn\r",
    "tab\tstop",
    "comma, semicolon; pipe|",
    "",
    " ",
    " padded ",
    "NULL",
    "null",
    "niño, Übung, 織機, 🧵",
    "e\u0301 is not \u00e9",
    "%s %(name)s :bind {brace}",
    "'; DROP TABLE raw.tiny; --",
    "\x01\x1f\x7f\u2028\ufeff",
    "x" * 100_000,
]


def wider() -> UseCase:
    """TINY with one more column, and so with another digest."""
    column = Column(name="Weight", kind="number", label="Weight", nullable=True)
    return TINY.model_copy(update={"columns": (*TINY.columns, column)})


def test_hostile_text_comes_back_as_it_was(warehouse: Warehouse) -> None:
    rows: list[Row] = [(text, None, text, None) for text in HOSTILE]

    read = raw.read(warehouse, TINY, stored(warehouse, 1, rows))

    assert read["Length"].tolist() == HOSTILE
    assert read["Colour"].tolist() == HOSTILE
    assert read["Count"].tolist() == [None] * len(HOSTILE)
    assert read["_row"].tolist() == list(range(len(HOSTILE)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=lists(tuples(*[none() | text(characters(codec="utf-8", exclude_characters="\0"))] * 4), max_size=8))
def test_any_text_comes_back_as_it_was(warehouse: Warehouse, rows: list[Row]) -> None:
    with warehouse.engine.connect() as connection:
        raw.load(connection, TINY, 1, answer(1, rows))
        names: list[sa.ColumnClause[str]] = [sa.column(name) for name in TINY.names]
        stored_rows = sa.table("tiny", schema=warehouse.names.schema("raw"))
        found = connection.execute(sa.select(*names).select_from(stored_rows).order_by(sa.column("_row"))).all()
        assert [tuple(row) for row in found] == rows
        connection.rollback()


def test_an_empty_text_is_not_a_null(warehouse: Warehouse) -> None:
    read = raw.read(warehouse, TINY, stored(warehouse, 1, [("", None, "NULL", ""), (None, "", None, "NULL")]))

    assert read[list(TINY.names)].to_numpy().tolist() == [["", None, "NULL", ""], [None, "", None, "NULL"]]


def test_rows_of_a_batch_that_differ_in_case_or_blanks_stay_apart(warehouse: Warehouse) -> None:
    read = raw.read(warehouse, TINY, stored(warehouse, 1, [("1", "1", word, "0") for word in ("red", "Red", "red ")]))

    assert read["Colour"].tolist() == ["red", "Red", "red "]


def test_unknown_columns_are_kept_beside_and_missing_ones_are_null(warehouse: Warehouse) -> None:
    columns = ("Weight", "Colour", 'ho"st\\ile', "Length", "Kind")
    rows: list[Row] = [("9.5", "red", "a\nb", "1.5", "2"), (None, "blue", "", None, "1")]
    right = reserved(warehouse)
    batch_id = batches.store(warehouse, TINY, right.request_id, right, answer(1, rows, columns), SAMPLE, "run")
    assert batch_id is not None

    read = raw.read(warehouse, TINY, batch_id)

    assert read["_extra"].tolist() == [
        {"Weight": "9.5", 'ho"st\\ile': "a\nb"},
        {"Weight": None, 'ho"st\\ile': ""},
    ]
    assert read[list(TINY.names)].to_numpy().tolist() == [["1.5", None, "red", "2"], [None, None, "blue", "1"]]
    assert batches.get(warehouse, batch_id).schema_received == list(columns)


def test_a_new_column_of_the_definition_is_added_and_filled_from_what_was_kept(warehouse: Warehouse) -> None:
    right = reserved(warehouse)
    came_early = answer(1, [("1", "2", "red", "0", "7.5")], (*TINY.names, "Weight"))
    first = batches.store(warehouse, TINY, right.request_id, right, came_early, SAMPLE, "run")
    assert first is not None

    raw.ensure(warehouse, wider())
    raw.ensure(warehouse, wider())
    second = stored(warehouse, 2, [("1", "2", "red", "3.5", "0")], wider())

    assert raw.read(warehouse, wider(), first)["Weight"].tolist() == ["7.5"]
    assert raw.read(warehouse, wider(), second)["Weight"].tolist() == ["3.5"]


def test_an_older_definition_reads_a_table_that_has_gained_a_column(warehouse: Warehouse) -> None:
    raw.ensure(warehouse, wider())

    read = raw.read(warehouse, TINY, stored(warehouse, 1))

    assert list(read.columns) == [*TINY.names, "_row", "_extra"]


def test_a_batch_that_is_loaded_in_two_parts_is_whole(warehouse: Warehouse) -> None:
    rows = bulk.CHUNK_ROWS + 1
    batch_id = stored(warehouse, 1, [(str(number), "1", "red", "0") for number in range(rows)])

    assert raw.read(warehouse, TINY, batch_id)["Length"].tolist() == [str(number) for number in range(rows)]


def test_a_batch_without_rows_is_a_batch(warehouse: Warehouse) -> None:
    batch_id = stored(warehouse, 1, [])

    assert batches.get(warehouse, batch_id).total_records == 0
    assert raw.read(warehouse, TINY, batch_id).empty
