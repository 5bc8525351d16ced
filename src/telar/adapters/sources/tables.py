"""Published files as frames: Parquet, and CSV with or without a line of names, also compressed."""

import csv
import gzip
from pathlib import Path
from typing import IO

import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same

from telar.domain.errors import DataError

ENDINGS = (".parquet", ".csv", ".csv.gz", ".data", ".data.gz")
HEAD_ROWS = 100


def is_table(path: Path) -> bool:
    """Whether the name says Parquet or CSV (UCI's own ending is .data)."""
    return path.name.lower().endswith(ENDINGS)


def read_table(path: Path) -> pd.DataFrame:
    """The whole file; a CSV without names has the columns 0, 1, 2, ...

    Raises:
        DataError: the file cannot be read as what its ending says.
    """
    return _read(path, None)


def read_head(path: Path) -> pd.DataFrame:
    """The first rows of the file, enough to see which form it has; raises as `read_table` does."""
    return _read(path, HEAD_ROWS)


def _read(path: Path, rows: int | None) -> pd.DataFrame:
    try:
        return _parquet(path, rows) if path.name.lower().endswith(".parquet") else _csv(path, rows)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DataError(f"{path.name} cannot be read: {error}") from error


def _parquet(path: Path, rows: int | None) -> pd.DataFrame:
    if rows is None:
        return pd.read_parquet(path)
    with pq.ParquetFile(path) as file:
        first = next(file.iter_batches(batch_size=rows), file.schema_arrow.empty_table())
        head: pd.DataFrame = first.to_pandas()
        return head


def _csv(path: Path, rows: int | None) -> pd.DataFrame:
    header = None if _only_numbers(path) else 0
    return pd.read_csv(path, header=header, nrows=rows, low_memory=False)


def _only_numbers(path: Path) -> bool:
    """Whether the first line holds nothing but numbers, so that it is a row, not the names."""
    with _opened(path) as file:
        first = next(csv.reader(file), [])
    return bool(first) and all(_is_number(value) for value in first)


def _opened(path: Path) -> IO[str]:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
