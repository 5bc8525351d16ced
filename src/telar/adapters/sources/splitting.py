"""The split of a published table: which part each raw row falls into, by its target and its group."""

import pandas as pd

from telar.domain.splitting import Split, split
from telar.domain.use_case import UseCase

BANDS = 10
SEPARATOR = "\x1f"


def split_table(use_case: UseCase, table: pd.DataFrame) -> Split:
    """60/20/20 with the shares of the target's classes (of tenths of a number), whole groups of ``partition_key``.

    Without a key, rows that are alike fall together.

    Raises:
        DataError: too few groups.
    """
    parts = split(_strata(use_case, table), _groups(use_case, table))
    return Split(parts, _groups(use_case, table) if use_case.partition_key else ())


def _strata(use_case: UseCase, table: pd.DataFrame) -> list[str]:
    target = table[use_case.target.name]
    if use_case.task == "classification":
        meanings = use_case.target.meanings
        return [meanings.get(word, word) for word in _texts(target)]
    numbers = pd.to_numeric(target, errors="coerce")
    return _texts(pd.qcut(numbers.rank(method="first"), BANDS, labels=False) if len(table) > BANDS else numbers)


def _groups(use_case: UseCase, table: pd.DataFrame) -> list[str]:
    if not use_case.partition_key:
        return _texts(pd.util.hash_pandas_object(table.astype("string").fillna("\0"), index=False))
    texts = [_texts(table[name]) for name in use_case.partition_key]
    return [SEPARATOR.join(values) for values in zip(*texts, strict=True)]


def _texts(column: pd.Series) -> list[str]:
    return [str(value) for value in column.astype("string").fillna("").tolist()]
