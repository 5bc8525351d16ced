"""What the quality benchmark trains on all published encounters; too heavy to be tried on every batch."""

from telar.domain.benchmark import Benchmark
from telar.domain.candidates import Candidate

BENCHMARK = Benchmark(
    metric="roc_auc",
    at_least=0.68,
    splits=3,
    candidates=(
        Candidate(
            name="logistic_regression",
            estimator="sklearn.linear_model.LogisticRegression",
            parameters={"C": 0.1, "max_iter": 300, "tol": 1e-3},
            encoding="onehot",
            scale=True,
            baseline=True,
        ),
        Candidate(
            name="xgboost",
            estimator="xgboost.XGBClassifier",
            parameters={
                "n_estimators": 900,
                "max_depth": 5,
                "learning_rate": 0.03,
                "subsample": 0.8,
                "colsample_bytree": 0.3,
                "min_child_weight": 10,
            },
        ),
    ),
)
