"""Loading one batch with all its bookkeeping against a bare COPY or LOAD DATA of the same rows, side by side.

Run: python -m benchmarks.loading [--rows 15000] [--columns 50] [--repeats 9] [--engines postgresql,mysql]
"""

import argparse
import csv
import io
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import typer
from pydantic import SecretStr

from telar.adapters.warehouse import Warehouse, batches, open_warehouse, windows
from telar.adapters.warehouse.migrate import ensure_tables
from telar.adapters.warehouse.names import RAW
from telar.adapters.warehouse.types import long_text
from telar.domain.answer import Answer, SourceDescription
from telar.domain.columns import Column
from telar.domain.lifecycle import Provenance
from telar.domain.use_case import UseCase
from tests.support.databases import TestDatabase
from tests.support.servers import NoMySql, running_mysql, running_postgres
from tests.support.tiny import TINY

LIMIT = 3.0
BARE = "bare"
SAMPLE = SourceDescription(provenance=Provenance.SAMPLE, origin="rows of the benchmark")
Row = tuple[str | None, ...]


def main() -> int:
    """Print the ratio for each engine; 1 when one is beyond three."""
    asked = _arguments()
    use_case = _use_case(asked.columns)
    rows = _rows(asked.rows, len(use_case.names))
    typer.echo(f"{asked.rows:,} rows x {len(use_case.names)} columns; medians of {asked.repeats} alternating repeats")
    within = True
    for engine in asked.engines.split(","):
        try:
            with _server(engine) as server:
                within &= _measure(engine, server, use_case, rows, asked.repeats)
        except NoMySql as error:
            typer.echo(f"{engine:<11} not measured: {error}")
            within = False
    return 0 if within else 1


def _measure(engine: str, server: SecretStr, use_case: UseCase, rows: list[Row], repeats: int) -> bool:
    database = TestDatabase.make(server)
    try:
        with open_warehouse(database.pipeline_url) as warehouse:
            ensure_tables(warehouse, use_case)
            _make_bare_table(warehouse, use_case)
            stored, bare = _alternate(warehouse, use_case, rows, repeats)
    finally:
        database.drop()
    ratio = statistics.median(stored) / statistics.median(bare)
    typer.echo(
        f"{engine:<11} with bookkeeping {_shown(stored)}, bare {'LOAD DATA' if engine == 'mysql' else 'COPY'} "
        f"{_shown(bare)}: ratio {ratio:.2f} (limit {LIMIT:.0f})"
    )
    return ratio <= LIMIT


def _alternate(
    warehouse: Warehouse, use_case: UseCase, rows: list[Row], repeats: int
) -> tuple[list[float], list[float]]:
    """Seconds of each repeat, the order turned each time; a first of both kinds warms up and is not counted."""
    stored: list[float] = []
    bare: list[float] = []
    for number in range(1, repeats + 2):
        both = [
            (bare, partial(_load_bare, warehouse, rows)),
            (stored, partial(_store, warehouse, use_case, rows, number)),
        ]
        for seconds, work in both if number % 2 else reversed(both):
            seconds.append(_seconds(work))
        _check(warehouse, use_case, len(rows))
    return stored[1:], bare[1:]


def _store(warehouse: Warehouse, use_case: UseCase, rows: list[Row], number: int) -> None:
    """What a run does for a batch: the request committed, then rows, batch, request and window in one transaction."""
    now = datetime.now(UTC)
    right = windows.reserve(warehouse, use_case.name, "data_api", 1, timedelta(0), f"run {number}", now)
    assert isinstance(right, windows.Reserved)
    answer = Answer(1, number, use_case.names, rows, "0" * 64, now, now)
    assert batches.store(warehouse, use_case, right.request_id, right, answer, SAMPLE, right.source) is not None


def _load_bare(warehouse: Warehouse, rows: list[Row]) -> None:
    """The csv module and one statement, into a table without key or index; nulls and empty texts become one."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    content = buffer.getvalue().encode()
    table = f"{warehouse.names.schema(RAW)}.{BARE}"
    with warehouse.begin() as connection:
        if warehouse.dialect == "postgresql":
            cursor: Any = connection.connection.cursor()
            cursor.copy_expert(f"COPY {table} FROM STDIN WITH (FORMAT csv)", io.BytesIO(content))
            return
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            file.write(content)
            file.flush()
            connection.exec_driver_sql(
                f"LOAD DATA LOCAL INFILE '{file.name}' INTO TABLE {table} CHARACTER SET utf8mb4 "
                "FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY ''"
            )


def _make_bare_table(warehouse: Warehouse, use_case: UseCase) -> None:
    columns = [sa.Column(name, long_text()) for name in use_case.names]
    with warehouse.begin() as connection:
        sa.Table(BARE, sa.MetaData(), *columns, schema=RAW).create(connection)


def _check(warehouse: Warehouse, use_case: UseCase, rows: int) -> None:
    """Both hold the rows of this repeat; the bare table is emptied so that neither side grows."""
    schema = warehouse.names.schema(RAW)
    with warehouse.begin() as connection:
        for name in (BARE, use_case.name):
            count = connection.exec_driver_sql(f"SELECT COUNT(*) FROM {schema}.{name}").scalar()
            assert count == rows, f"{name} holds {count} rows"
            connection.exec_driver_sql(f"TRUNCATE TABLE {schema}.{name}")


def _seconds(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


@contextmanager
def _server(engine: str) -> Iterator[SecretStr]:
    if engine == "mysql":
        with running_mysql(durable=True) as url:
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="telar-") as folder, running_postgres(Path(folder), durable=True) as url:
        yield url


def _use_case(columns: int) -> UseCase:
    names = [f"Column_{number:02d}" for number in range(columns - 1)]
    made = tuple(Column(name=name, kind="number", label=name, nullable=True) for name in names)
    return TINY.model_copy(update={"name": "wide", "columns": made})


def _rows(rows: int, columns: int) -> list[Row]:
    """Numbers and words as an upstream sends them, one value in twenty missing."""
    draw = random.Random(7)
    words = ["Rawah", "Neota", "Commanche", "Cache", "C2702", 'a "quoted", word', "No", "Steady", ">30", ""]
    return [
        tuple(
            None
            if draw.random() < 0.05
            else words[draw.randrange(10)]
            if column % 3 == 0
            else f"{draw.uniform(0, 5000):.2f}"
            for column in range(columns)
        )
        for _ in range(rows)
    ]


def _shown(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.3f} s ({min(seconds):.3f} to {max(seconds):.3f})"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=15_000)
    parser.add_argument("--columns", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--engines", default="postgresql,mysql")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
