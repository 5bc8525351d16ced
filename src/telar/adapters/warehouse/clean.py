"""`clean.<use case>`: typed rows that may be trained on, derived from raw by the definition whose digest it carries."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Column, String, Table

from telar.adapters.warehouse import bulk, generated, inputs, locks, rebuild, types
from telar.adapters.warehouse.connection import Warehouse
from telar.adapters.warehouse.generated import BATCH_ID, PARTITION, ROW
from telar.adapters.warehouse.names import CLEAN
from telar.domain.errors import NotMigrated
from telar.domain.use_case import UseCase

if TYPE_CHECKING:
    from pandas import DataFrame
else:
    DataFrame = Any


def ensure(
    warehouse: Warehouse,
    use_case: UseCase,
    transform: rebuild.Transform | None = None,
    reach: bulk.Reach = bulk.pass_by,
) -> bool:
    """Make the table and the view of its predictions; rebuild it from raw where another definition made it.

    ``transform`` takes the raw rows of a batch and returns its clean rows (see ``store``); without it, a table of
    another definition is left as it is. True when the table is of this definition. A killed rebuild goes on.
    """
    if digest_of(warehouse, use_case) != use_case.digest:
        with locks.lock(warehouse, lock_name(use_case)):
            found = digest_of(warehouse, use_case)
            if found is None and not rebuild.has_rows_to_build(warehouse, use_case):
                with warehouse.begin() as connection:
                    table(use_case).create(connection, checkfirst=True)
            elif found != use_case.digest:
                if transform is None:
                    return False
                rebuild.rebuild(warehouse, use_case, table(use_case), transform, reach)
    inputs.ensure_view(warehouse, use_case)
    return True


def store(warehouse: Warehouse, use_case: UseCase, batch_id: int, frame: DataFrame) -> None:
    """Put the clean rows of one batch in place of those it had: columns, target, `_row` and `_partition`; idempotent.

    Raises:
        NotMigrated: the table is of another definition than ``use_case``.
    """
    with locks.lock(warehouse, lock_name(use_case)):
        found = digest_of(warehouse, use_case)
        if found != use_case.digest:
            raise NotMigrated(
                f"clean.{use_case.name} is of definition {found}, this run of {use_case.digest}: run again, "
                "or `telar migrate`"
            )
        rebuild.put(warehouse, table(use_case), batch_id, frame)


def read(
    warehouse: Warehouse,
    use_case: UseCase,
    partitions: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    batch_ids: Sequence[int] | None = None,
) -> DataFrame:
    """Clean rows ordered by batch and row: `_batch_id`, `_row`, `_partition`, then ``columns`` (default: all).

    Numbers are float64 (NaN missing), categories and a class target str or None. ``batch_ids`` means
    these batches only.
    """
    stored = table(use_case)
    keys = [stored.c[BATCH_ID], stored.c[ROW], stored.c[PARTITION]]
    question = sa.select(*keys, *(stored.c[name] for name in columns or use_case.names)).order_by(*keys[:2])
    if batch_ids is not None:
        question = question.where(stored.c[BATCH_ID].in_(batch_ids))
    if partitions is not None:
        question = question.where(stored.c[PARTITION].in_(partitions))
    with warehouse.begin() as connection:
        rows = connection.execute(question).all()
    return _frame(list(question.selected_columns), rows)


def digest_of(warehouse: Warehouse, use_case: UseCase) -> str | None:
    """The digest of the definition that made the table; None where there is no table."""
    with warehouse.begin() as connection:
        return generated.comment_of(connection, CLEAN, use_case.name)


def table(use_case: UseCase) -> Table:
    """The table as the definition asks, stamped with its digest."""
    columns: list[Column[Any]] = [Column(PARTITION, String(20), nullable=False)]
    columns += [Column(each.name, types.double() if each.numeric else types.long_text()) for each in use_case.columns]
    number = use_case.task == "regression"
    columns.append(Column(use_case.target.name, types.double() if number else types.long_text()))
    return generated.table(CLEAN, use_case.name, columns, comment=use_case.digest)


def _frame(columns: list[Any], rows: Sequence[Any]) -> DataFrame:
    import pandas as pd

    return pd.DataFrame({name: pd.Series(cells, dtype=dtype) for name, cells, dtype in _series(columns, rows)})


def _series(columns: list[Any], rows: Sequence[Any]) -> Iterator[tuple[str, list[object], str]]:
    for index, column in enumerate(columns):
        dtype = "float64" if isinstance(column.type, sa.Double) else "object"
        yield column.name, [row[index] for row in rows], "int64" if column.name in (BATCH_ID, ROW) else dtype


def lock_name(use_case: UseCase) -> str:
    """The lock of whoever changes the use case's clean rows."""
    return f"clean {use_case.name}"
