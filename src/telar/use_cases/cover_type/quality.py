"""What the quality benchmark trains on all published rows of Cover Type; too heavy to be tried on every batch."""

from telar.domain.benchmark import Benchmark, Published
from telar.domain.candidates import Average, Candidate

BENCHMARK = Benchmark(
    metric="accuracy",
    at_least=0.978,
    candidates=(
        Candidate(
            name="logistic_regression",
            estimator="sklearn.linear_model.LogisticRegression",
            parameters={"max_iter": 100, "tol": 1e-2},
            encoding="onehot",
            scale=True,
            baseline=True,
            row_cap=50_000,
        ),
        Candidate(
            name="extra_trees",
            estimator="sklearn.ensemble.ExtraTreesClassifier",
            parameters={"n_estimators": 40, "max_features": None},
        ),
        Candidate(
            name="xgboost",
            estimator="xgboost.XGBClassifier",
            parameters={"n_estimators": 400, "max_depth": 15, "learning_rate": 0.15, "colsample_bynode": 0.6},
        ),
    ),
    averages=(Average(name="trees_and_xgboost", members=("extra_trees", "xgboost")),),
    published=(
        Published(what="XGBoost", value=0.969),
        Published(what="FT-Transformer", value=0.970),
        Published(what="TabR", value=0.976),
    ),
)
