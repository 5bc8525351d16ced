"""The rows of a training in an order and with a target that are the same in every process."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from telar.domain.contract import Contract
from telar.domain.errors import DataError
from telar.domain.use_case import UseCase
from telar.pipeline.training.model_input import Target, encoded_target, model_input, trained_classes
from telar.pipeline.training.values import TrainingRows

LEAST_CLASS_ROWS = 5


@dataclass(frozen=True)
class Part:
    """One partition: typed ``rows``, the same as model ``inputs``, and the ``target`` as the source writes it."""

    rows: pd.DataFrame
    inputs: pd.DataFrame
    target: pd.Series


@dataclass(frozen=True)
class Prepared:
    """All partitions of a training; ``left_out`` are the classes with too few train rows to be learned."""

    contract: Contract
    train: Part
    validation: Part
    test: Part
    left_out: dict[str, int]

    def encoded(self, part: Part) -> Target:
        """The target of a partition as the models learn it."""
        return encoded_target(part.target, self.contract.trained_classes)


def prepare_rows(use_case: UseCase, rows: TrainingRows) -> Prepared:
    """The partitions, each in an order that follows from its rows alone; the train rows only of classes with enough.

    Raises:
        DataError: a partition is empty, fewer than two classes have 5 train rows, or a target has no logarithm.
    """
    for name, frame in {"train": rows.train, "validation": rows.validation, "test": rows.test}.items():
        if frame.empty:
            raise DataError(f"{use_case.name}: there is no {name} row; wait for more batches")
    train = _ordered(use_case, rows.train)
    target = train[use_case.target.name]
    if use_case.target_scale == "log" and (below := int((target < 0).sum())):
        raise DataError(f"{use_case.name}: {below} train rows have a target below 0, not for a log scale: drop them")
    counts = target.value_counts() if use_case.task == "classification" else pd.Series(dtype=np.int64)
    few = {str(value): int(count) for value, count in counts.items() if count < LEAST_CLASS_ROWS}
    train = train[~target.isin(list(few))] if few else train
    classes = trained_classes(use_case, train[use_case.target.name])
    train_part, validation, test = (_part(use_case, each) for each in (train, *_held_out(use_case, rows)))
    return Prepared(use_case.contract(classes), train_part, validation, test, left_out=few)


def capped(target: Target, cap: int | None, stratified: bool, seed: int) -> NDArray[np.int64]:
    """The places of at most about ``cap`` rows, in their order; stratified: each class keeps its share, at least 5."""
    places = np.arange(len(target))
    if cap is None or len(target) <= cap:
        return places
    random = np.random.default_rng(seed)
    if not stratified:
        return np.sort(random.choice(places, cap, replace=False))
    kept = []
    for value in np.unique(target):
        own = places[target == value]
        quota = min(len(own), max(LEAST_CLASS_ROWS, round(cap * len(own) / len(target))))
        kept.append(random.choice(own, quota, replace=False))
    return np.sort(np.concatenate(kept))


def _ordered(use_case: UseCase, frame: pd.DataFrame) -> pd.DataFrame:
    """The use case's own columns, sorted by a hash of each row: shuffled, and the same whatever order they came in."""
    own = frame[list(use_case.names)].reset_index(drop=True)
    hashes = pd.util.hash_pandas_object(own, index=False).to_numpy()
    return own.iloc[np.argsort(hashes, kind="stable")].reset_index(drop=True)


def _held_out(use_case: UseCase, rows: TrainingRows) -> tuple[pd.DataFrame, pd.DataFrame]:
    return _ordered(use_case, rows.validation), _ordered(use_case, rows.test)


def _part(use_case: UseCase, frame: pd.DataFrame) -> Part:
    frame = frame.reset_index(drop=True)
    return Part(frame, model_input(frame, use_case.columns), frame[use_case.target.name])
