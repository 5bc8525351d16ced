"""Which partition a row belongs to, by a hash of its key: it never changes as other batches arrive."""

import hashlib

import pandas as pd

from telar.domain.use_case import UseCase

TRAIN, VALIDATION, TEST = PARTITIONS = ("train", "validation", "test")
TRAIN_BELOW, VALIDATION_BELOW = 60, 80
SEPARATOR = "\x1f"


def partition(use_case: UseCase, typed: pd.DataFrame) -> pd.Series:
    """``train``, ``validation`` or ``test`` (60/20/20) for each row, under the frame's index.

    Rows with equal values of ``partition_key`` (of every column where that is empty) fall together.
    """
    names = use_case.partition_key or use_case.names
    texts = [_texts(typed[name]) for name in names]
    keys = (SEPARATOR.join(values) for values in zip(*texts, strict=True))
    return pd.Series([_partition_of(key) for key in keys], index=typed.index, dtype="object")


def _texts(column: pd.Series) -> list[str]:
    if pd.api.types.is_numeric_dtype(column):
        return [repr(value) for value in column.astype("float64").tolist()]
    return ["" if value is None or value != value else str(value) for value in column.tolist()]


def _partition_of(key: str) -> str:
    bucket = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") % 100
    return TRAIN if bucket < TRAIN_BELOW else VALIDATION if bucket < VALIDATION_BELOW else TEST
