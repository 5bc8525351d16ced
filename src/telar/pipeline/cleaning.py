"""From a batch as received to the rows that may be trained on: one pure function, for batches and rebuilds."""

import pandas as pd

from telar.domain.errors import DataError
from telar.domain.use_case import UseCase
from telar.pipeline.partitions import partition
from telar.pipeline.reading import read_types

ROW, PARTITION = "_row", "_partition"


def clean_rows(use_case: UseCase, raw: pd.DataFrame) -> pd.DataFrame:
    """The clean rows of a raw frame (text columns and ``_row``), typed, with ``_row`` and ``_partition``.

    Rows without a readable target are dropped, then whatever the use case's ``clean`` drops. A raw frame of a source
    that was split brings its ``_partition``; else each row has its own.

    Raises:
        DataError: ``clean`` made, renamed or lost a column, or returned a row that it was not given.
    """
    typed = read_types(use_case, raw).frame
    kept = use_case.clean(typed[typed[use_case.target.name].notna()].copy())
    if tuple(kept.columns) != use_case.names or not kept.index.isin(raw.index).all() or not kept.index.is_unique:
        raise DataError(
            f"use case {use_case.name}: clean() must return rows that it was given, each once, with the columns "
            f"{', '.join(use_case.names)}; it returned {len(kept)} rows with {', '.join(map(str, kept.columns))}"
        )
    parts = raw.loc[kept.index, PARTITION] if PARTITION in raw.columns else partition(use_case, kept)
    return kept.assign(**{ROW: raw.loc[kept.index, ROW], PARTITION: parts})
