"""A use case small enough for every test: two numbers, one colour, three classes that bend with both numbers."""

from typing import TYPE_CHECKING, Any

from telar.domain.candidates import Candidate, Integer
from telar.domain.columns import Category, Column, Target, TargetClass
from telar.domain.features import Hypotenuse, Sum
from telar.domain.rules import DriftRules, GateRules, Guard, QualityRules
from telar.domain.use_case import DataApiSource, UseCase

if TYPE_CHECKING:
    from pandas import DataFrame as Frame
else:
    Frame = Any

COLOURS = ("red", "green", "blue")


def clean(frame: Frame) -> Frame:
    """Only complete, distinct rows."""
    return frame.dropna().drop_duplicates()


def sample(rows: int, seed: int) -> Frame:
    """``rows`` rows whose class follows the distance of Length and Count from a centre, and the colour."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    length = random.uniform(1, 10, rows).round(2)
    count = random.integers(20, 41, rows)
    colour = random.choice(COLOURS, rows, p=[0.5, 0.3, 0.2])
    distance = np.hypot(length - 5.5, (count - 30) / 2.2) + (colour == "blue") + random.normal(0, 0.2, rows)
    kind = np.digitize(distance, [2.0, 3.6])
    return pd.DataFrame({"Length": length, "Count": count, "Colour": colour, "Kind": kind.astype(str)})


USE_CASE = UseCase(
    name="tiny",
    title="Tiny",
    description="Three kinds of things, told by their length, count and colour.",
    task="classification",
    source=DataApiSource(batches=4, window_seconds=0, answer_share=0.5, sample_rows=4_800),
    columns=(
        Column(name="Length", kind="number", label="Length", help="From end to end.", unit="m", minimum=0, maximum=100),
        Column(name="Count", kind="integer", label="Count", help="How many parts.", minimum=0, maximum=1_000),
        Column(
            name="Colour",
            kind="category",
            label="Colour",
            categories=tuple(Category(value=colour, label=colour.title()) for colour in COLOURS),
        ),
    ),
    target=Target(
        name="Kind",
        label="Kind",
        classes=tuple(
            TargetClass(value=str(index), label=label) for index, label in enumerate(("Core", "Middle", "Edge"))
        ),
    ),
    clean=clean,
    sample=sample,
    features=(
        Sum(name="Length_Plus_Count", left="Length", right="Count"),
        Hypotenuse(name="Length_Count_Distance", left="Length", right="Count"),
    ),
    candidates=(
        Candidate(
            name="logistic_regression",
            estimator="sklearn.linear_model.LogisticRegression",
            parameters={"max_iter": 500},
            encoding="onehot",
            scale=True,
            baseline=True,
        ),
        Candidate(
            name="decision_tree",
            estimator="sklearn.tree.DecisionTreeClassifier",
            parameters={"min_samples_leaf": 5},
            search={"max_depth": Integer(low=6, high=10)},
            iterations=2,
        ),
    ),
    primary_metric="macro_f1",
    guard_metrics=("accuracy",),
    quality=QualityRules(min_rows=50),
    drift=DriftRules(min_new_rows=100),
    gate=GateRules(floor=0.5, min_gain=0.005, guards=(Guard(metric="accuracy", tolerance=0.02),)),
    example={"Length": 4.2, "Count": 30, "Colour": "red"},
)
