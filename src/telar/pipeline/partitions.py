"""Which partition a row belongs to, by a hash of its key: it never changes as other batches arrive."""

import hashlib
from collections.abc import Iterator

import pandas as pd

from telar.domain.partitions import PARTITIONS, TEST, TRAIN, VALIDATION
from telar.domain.use_case import UseCase

__all__ = ["PARTITIONS", "TEST", "TRAIN", "VALIDATION", "partition"]

TRAIN_BELOW, VALIDATION_BELOW = 60, 80
SEPARATOR = "\x1f"
PIECE_ROWS = 20_000  # the texts of a whole large batch would take as much memory as the batch


def partition(use_case: UseCase, typed: pd.DataFrame) -> pd.Series:
    """``train``, ``validation`` or ``test`` (60/20/20) for each row, under the frame's index.

    Rows with equal values of ``partition_key`` (of every column where that is empty) fall together.
    """
    names = list(use_case.partition_key or use_case.names)
    pieces = (typed[names].iloc[start : start + PIECE_ROWS] for start in range(0, len(typed), PIECE_ROWS))
    found = [_partition_of(key) for piece in pieces for key in _keys(piece)]
    return pd.Series(found, index=typed.index, dtype="object")


def _keys(piece: pd.DataFrame) -> Iterator[str]:
    texts = [_texts(piece[name]) for name in piece.columns]
    return (SEPARATOR.join(values) for values in zip(*texts, strict=True))


def _texts(column: pd.Series) -> list[str]:
    if pd.api.types.is_numeric_dtype(column):
        return [repr(value) for value in column.astype("float64").tolist()]
    return ["" if value is None or value != value else str(value) for value in column.tolist()]


def _partition_of(key: str) -> str:
    bucket = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") % 100
    return TRAIN if bucket < TRAIN_BELOW else VALIDATION if bucket < VALIDATION_BELOW else TEST
