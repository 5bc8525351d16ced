"""What is trained for Cover Type; the whole search over two answers (11,620 rows) costs about 8 s of CPU time.

Chosen on published answers of the tenths 1 and 2 / 5 and 6; macro F1 on held-out rows: linear 0.70 / 0.51, boosting
0.82 / 0.80, extra trees 0.81 / 0.83, SVM on 2,000 rows 0.66 / 0.61.
"""

from telar.domain.candidates import Candidate, Choice, Uniform

CANDIDATES = (
    Candidate(
        name="logistic_regression",
        estimator="sklearn.linear_model.LogisticRegression",
        parameters={"C": 1.0, "max_iter": 500, "tol": 1e-3},
        encoding="onehot",
        scale=True,
        baseline=True,
    ),
    Candidate(
        name="hist_gradient_boosting",
        estimator="sklearn.ensemble.HistGradientBoostingClassifier",
        # Small leaves and a penalty: at 31 leaves without one, or a high rate, the rare classes make it collapse.
        parameters={"max_iter": 120, "max_leaf_nodes": 15, "min_samples_leaf": 20, "early_stopping": False},
        search={
            "learning_rate": Uniform(low=0.05, high=0.1, log=True),
            "l2_regularization": Choice(values=(1.0, 3.0, 5.0)),
        },
        iterations=2,
    ),
    Candidate(
        name="extra_trees",
        estimator="sklearn.ensemble.ExtraTreesClassifier",
        # 60 trees of 3,000 leaves are 13 MB of ONNX, whatever the number of rows.
        parameters={"n_estimators": 60, "max_features": None, "min_samples_leaf": 2, "max_leaf_nodes": 3_000},
        row_cap=100_000,
    ),
    Candidate(
        name="svm",
        estimator="sklearn.svm.SVC",
        wrapper="sklearn.calibration.CalibratedClassifierCV",
        wrapper_parameters={"ensemble": False},
        search={
            "C": Uniform(low=10, high=300, log=True),
            "gamma": Uniform(low=0.005, high=0.05, log=True),
        },
        iterations=5,
        row_cap=2_000,
        encoding="onehot",
        scale=True,
    ),
)
