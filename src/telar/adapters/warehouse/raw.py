"""`raw.<use case>`: every row exactly as received, as text; unknown columns in `_extra`."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Table

from telar.adapters.warehouse import bulk, generated, locks, types
from telar.adapters.warehouse.connection import Warehouse
from telar.adapters.warehouse.generated import BATCH_ID, EXTRA, PARTITION, ROW
from telar.adapters.warehouse.names import RAW
from telar.adapters.warehouse.tables import batches
from telar.domain.answer import Answer
from telar.domain.partitions import Partition, partition_of
from telar.domain.use_case import UseCase

if TYPE_CHECKING:
    from pandas import DataFrame
else:
    DataFrame = Any

PIECE_ROWS = 20_000


def ensure(warehouse: Warehouse, use_case: UseCase) -> None:
    """Make the table, or add the columns that the definition has gained. Idempotent."""
    target = _table(use_case)
    with warehouse.begin() as connection:
        if _is_current(connection, target):
            return
    with locks.lock(warehouse, f"raw {use_case.name}"), warehouse.begin() as connection:
        if not generated.exists(connection, RAW, use_case.name):
            target.create(connection)
        generated.add_columns(connection, target)


def load(
    connection: Connection, use_case: UseCase, batch_id: int, answer: Answer, reach: bulk.Reach = bulk.pass_by
) -> int:
    """Load the rows of one answer in the connection's transaction; the number of them, which is also `_row`'s end."""
    known = [name for name in use_case.names if name in answer.columns]
    others = [name for name in answer.columns if name not in known]
    columns = [BATCH_ID, ROW, *known, *([EXTRA] if others else [])]
    return bulk.load(connection, RAW, use_case.name, columns, _rows(batch_id, known, others, answer), reach)


def read(warehouse: Warehouse, use_case: UseCase, batch_id: int) -> DataFrame:
    """The rows of one batch in their order: the definition's columns as text (None for null), `_row`, `_extra` (dict).

    A column that the definition gained after the batch came is filled from `_extra`, where it was kept. A batch that
    is of one part of a split has `_partition`. Rows are read in pieces, and equal texts are one object.
    """
    import pandas as pd

    target = _table(use_case)
    names = [*use_case.names, ROW, EXTRA]
    question = sa.select(*(target.c[name] for name in names)).where(target.c[BATCH_ID] == batch_id)
    with warehouse.begin() as connection:
        part = _part(connection, batch_id)
        cells = _columns(connection, question.order_by(target.c[ROW]), len(names))
    frame = pd.DataFrame({name: pd.Series(cells[index], dtype=object) for index, name in enumerate(names)})
    if part is not None:
        frame[PARTITION] = part
    frame[ROW] = frame[ROW].astype("int64")
    nothing: dict[str, str] = {}
    extras = [extra or nothing for extra in frame[EXTRA]]
    frame[EXTRA] = pd.Series(extras, dtype=object)
    for name in {key for extra in extras for key in extra} & set(use_case.names):
        filled = [extra.get(name) if cell is None else cell for cell, extra in zip(frame[name], extras, strict=True)]
        frame[name] = pd.Series(filled, dtype=object)
    return frame


def _columns(connection: Connection, question: "sa.Select[Any]", count: int) -> list[list[object]]:
    """The answer by columns, read with a cursor on the server."""
    cells: list[list[object]] = [[] for _ in range(count)]
    known: dict[str, str] = {}
    streamed = connection.execution_options(yield_per=PIECE_ROWS).execute(question)
    for piece in streamed.partitions():
        for column, values in zip(cells, zip(*piece, strict=True), strict=True):
            column += [known.setdefault(value, value) if isinstance(value, str) else value for value in values]
    return cells


def _part(connection: Connection, batch_id: int) -> Partition | None:
    source = connection.execute(sa.select(batches.c.source).where(batches.c.id == batch_id)).scalar()
    return None if source is None else partition_of(source)


def _table(use_case: UseCase) -> Table:
    texts: list[Column[Any]] = [Column(name, types.long_text()) for name in use_case.names]
    return generated.table(RAW, use_case.name, [*texts, Column(EXTRA, types.json())])


def _is_current(connection: Connection, target: Table) -> bool:
    if not generated.exists(connection, RAW, target.name):
        return False
    return {column.name for column in target.columns} <= set(generated.columns_of(connection, RAW, target.name))


def _rows(batch_id: int, known: list[str], others: list[str], answer: Answer) -> Iterator[tuple[bulk.Cell, ...]]:
    if list(answer.columns) == known:
        for number, row in enumerate(answer.rows):
            yield (batch_id, number, *row)
        return
    places = [answer.columns.index(name) for name in known]
    extras = [(name, answer.columns.index(name)) for name in others]
    for number, row in enumerate(answer.rows):
        end = (_extra({name: row[place] for name, place in extras}),) if extras else ()
        yield (batch_id, number, *(row[place] for place in places), *end)


def _extra(values: dict[str, str | None]) -> str:
    bulk.refuse_nul("".join(value for value in values.values() if value))
    return json.dumps(values, ensure_ascii=False)
