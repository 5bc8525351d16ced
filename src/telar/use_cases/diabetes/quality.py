"""What the quality benchmark trains on all published encounters; too heavy to be tried on every batch.

Encounters that ended in death or in a hospice are left out. They are never followed by a readmission, so figures of
papers that keep them are higher for the same model.
"""

from telar.domain.benchmark import Benchmark
from telar.domain.candidates import Average, Candidate

BOOSTED = {"learning_rate": 0.02, "subsample": 0.7, "min_child_weight": 40}

BENCHMARK = Benchmark(
    metric="roc_auc",
    at_least=0.68,
    splits=3,
    candidates=(
        Candidate(
            name="logistic_regression",
            estimator="sklearn.linear_model.LogisticRegression",
            parameters={"C": 0.003, "max_iter": 300, "tol": 1e-3},
            encoding="onehot",
            scale=True,
            baseline=True,
        ),
        Candidate(
            name="xgboost",
            estimator="xgboost.XGBClassifier",
            parameters={**BOOSTED, "n_estimators": 900, "max_depth": 6, "colsample_bytree": 0.2},
        ),
        Candidate(
            name="xgboost_of_flags",
            estimator="xgboost.XGBClassifier",
            parameters={**BOOSTED, "n_estimators": 900, "max_depth": 6, "colsample_bytree": 0.15},
            encoding="onehot",
        ),
    ),
    averages=(Average(name="both_xgboost", members=("xgboost", "xgboost_of_flags")),),
    published=(),
)
