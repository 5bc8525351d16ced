"""A use case from a published table: guests who come several times, and whether they come back; `?` is unknown."""

from typing import TYPE_CHECKING, Any

from telar.domain.candidates import Candidate
from telar.domain.columns import Category, Column, Target, TargetClass
from telar.domain.rules import DriftRules, GateRules, QualityRules
from telar.domain.use_case import PublishedSource, UseCase

if TYPE_CHECKING:
    from pandas import DataFrame as Frame
else:
    Frame = Any

SEASONS = ("summer", "winter")


def clean(frame: Frame) -> Frame:
    """Without visits of no night."""
    return frame[frame["nights"] > 0]


def sample(rows: int, seed: int) -> Frame:
    """``rows`` visits of half as many guests; one in five comes back, the more nights the rather."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    guest = random.integers(0, rows // 2, rows)
    nights = random.integers(0, 15, rows)
    season = random.choice([*SEASONS, "?"], rows, p=[0.5, 0.4, 0.1])
    back = random.uniform(0, 1, rows) < np.where(nights > 11, 0.8, 0.08)
    kind = np.where(back, "yes", "no")
    return pd.DataFrame({"guest": guest, "nights": nights, "season": season, "back": kind})


USE_CASE = UseCase(
    name="visits",
    title="Visits",
    description="Guests of an inn, and whether they come back.",
    task="classification",
    source=PublishedSource(batch_rows=500, sample_rows=2_400, uci_id=296, published_as="Visits of an inn"),
    columns=(
        Column(name="guest", kind="integer", label="Guest", help="Who came.", identifier=True, minimum=0),
        Column(name="nights", kind="integer", label="Nights", help="How many.", minimum=0, maximum=100),
        Column(
            name="season",
            kind="category",
            label="Season",
            nullable=True,
            categories=tuple(Category(value=word, label=word.title()) for word in SEASONS),
        ),
    ),
    target=Target(
        name="back",
        label="Comes back",
        classes=(TargetClass(value="no", label="No"), TargetClass(value="yes", label="Yes")),
    ),
    partition_key=("guest",),
    missing=("?",),
    clean=clean,
    sample=sample,
    candidates=(
        Candidate(
            name="decision_tree",
            estimator="sklearn.tree.DecisionTreeClassifier",
            parameters={"max_depth": 4, "min_samples_leaf": 5},
            baseline=True,
        ),
    ),
    primary_metric="accuracy",
    quality=QualityRules(min_rows=50),
    drift=DriftRules(min_new_rows=100),
    gate=GateRules(floor=0.5),
    example={"guest": 7, "nights": 3, "season": "winter"},
)
