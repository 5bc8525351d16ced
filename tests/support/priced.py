"""PRICED, TINY's columns with a number to predict; and rows of either as a training takes them."""

import numpy as np
import pandas as pd

from telar.domain.candidates import Candidate
from telar.domain.columns import Target
from telar.domain.lifecycle import Provenance
from telar.domain.rules import GateRules
from telar.domain.use_case import UseCase
from telar.pipeline.training import TrainingRows
from tests.support.tiny import TINY


def sample(rows: int, seed: int) -> pd.DataFrame:
    """TINY's things with a price that grows with length and count."""
    frame = TINY.sample(rows, seed).drop(columns="Kind")
    noise = np.random.default_rng(seed).normal(0, 1, rows)
    return frame.assign(Price=100 + 30 * frame["Length"] + frame["Count"] * (frame["Colour"] == "red") + noise)


PRICED = UseCase(
    **{
        **{name: getattr(TINY, name) for name in type(TINY).model_fields},
        "name": "priced",
        "task": "regression",
        "target": Target(name="Price", label="Price", unit="EUR"),
        "sample": sample,
        "candidates": (
            Candidate(
                name="ridge", estimator="sklearn.linear_model.Ridge", encoding="onehot", scale=True, baseline=True
            ),
            Candidate(
                name="boosting",
                estimator="sklearn.ensemble.HistGradientBoostingRegressor",
                parameters={"max_iter": 40, "early_stopping": False},
            ),
        ),
        "primary_metric": "mae",
        "guard_metrics": ("rmse",),
        "gate": GateRules(floor=20, min_gain=0.03, relative_gain=True),
    }
)


def typed(use_case: UseCase, rows: int, seed: int) -> pd.DataFrame:
    """Generated rows as the clean tables hold them."""
    numbers = {column.name: "float64" for column in use_case.columns if column.numeric}
    return use_case.sample(rows, seed).astype(numbers)


def training_rows(use_case: UseCase, rows: int = 1_500, seed: int = 1) -> TrainingRows:
    """Generated rows: 70 % train, 15 % validation, 15 % test."""
    frame = typed(use_case, rows, seed)
    first, second = int(rows * 0.7), int(rows * 0.85)
    parts = frame.iloc[:first], frame.iloc[first:second], frame.iloc[second:]
    return TrainingRows(*parts, (1, 2), 1, Provenance.SAMPLE, f"generated with seed {seed}", f"digest-{seed}-{rows}")
