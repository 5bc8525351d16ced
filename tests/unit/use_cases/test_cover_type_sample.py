"""The generated Cover Type rows are worth training on: real shares and ranges, and trees beat a straight line."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from telar.use_cases import discover
from telar.use_cases.cover_type.sampling import COVER_SHARES
from telar.use_cases.cover_type.tables import MEASURES
from tests.support.real_data import REAL_DATA, needs_real_data

COVER_TYPE = discover(None).get("cover_type")
ANSWER = 5_810


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return COVER_TYPE.sample(10 * ANSWER, 31)


def test_every_tenth_holds_all_seven_covers_in_about_their_real_shares(rows: pd.DataFrame) -> None:
    for start in range(0, len(rows), ANSWER):
        tenth = rows["Cover_Type"].iloc[start : start + ANSWER]
        shares = tenth.value_counts(normalize=True).sort_index()
        assert list(shares.index) == list("0123456")
        assert np.allclose(shares, COVER_SHARES, atol=0.025, rtol=0.6)


def test_trees_learn_the_sample_from_two_answers_and_a_straight_line_is_clearly_weaker(rows: pd.DataFrame) -> None:
    trees = ExtraTreesClassifier(60, max_features=None, min_samples_leaf=2, random_state=0)
    line = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500, tol=1e-3))
    tree_score, line_score = _macro_f1(trees, rows, ordinal=True), _macro_f1(line, rows, ordinal=False)
    assert 0.75 <= tree_score <= 0.95
    assert tree_score - line_score >= 0.08


def test_the_sample_does_not_drift_from_tenth_to_tenth(rows: pd.DataFrame) -> None:
    first, second = rows.iloc[:ANSWER], rows.iloc[ANSWER : 2 * ANSWER]
    for name in ("Elevation", "Horizontal_Distance_To_Roadways"):
        assert abs(first[name].mean() / second[name].mean() - 1) < 0.05


@needs_real_data
def test_measures_lie_where_the_published_ones_lie(rows: pd.DataFrame) -> None:
    real = pd.read_parquet(REAL_DATA / "covertype_course_form.parquet", columns=list(MEASURES))
    for name in MEASURES:
        assert real[name].min() <= rows[name].min()
        assert rows[name].max() <= real[name].max()
        assert abs(rows[name].mean() - real[name].mean()) < 0.1 * real[name].std()


def _macro_f1(model: object, rows: pd.DataFrame, ordinal: bool) -> float:
    words = rows[["Wilderness_Area", "Soil_Type"]]
    codes = words.apply(lambda column: pd.factorize(column)[0]) if ordinal else pd.get_dummies(words)
    features = np.column_stack([rows[list(MEASURES)], codes]).astype(float)
    target = rows["Cover_Type"].to_numpy()
    train, test = slice(0, 2 * ANSWER), slice(2 * ANSWER, 5 * ANSWER)
    model.fit(features[train], target[train])  # type: ignore[attr-defined]  # any scikit-learn classifier
    predicted = model.predict(features[test])  # type: ignore[attr-defined]  # the same
    return float(f1_score(target[test], predicted, average="macro"))
