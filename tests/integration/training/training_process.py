"""A training of every kind of candidate in a process of its own: MLflow's URL, batch id, jobs, a seed that shuffles."""

import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd

from telar.adapters.model_registry.registry import ModelRegistry
from telar.domain.candidates import Average, Candidate, Uniform
from telar.pipeline.train import digest
from telar.pipeline.training import TrainingReason, train
from telar.settings import MlflowSettings
from tests.support.priced import training_rows
from tests.support.tiny import TINY

CANDIDATES = (
    *TINY.candidates,
    Candidate(name="trees", estimator="sklearn.ensemble.ExtraTreesClassifier", parameters={"n_estimators": 15}),
    Candidate(
        name="boosting",
        estimator="sklearn.ensemble.HistGradientBoostingClassifier",
        parameters={"max_iter": 15},
        search={"learning_rate": Uniform(low=0.05, high=0.3, log=True)},
        iterations=2,
    ),
    Candidate(name="xgboost", estimator="xgboost.XGBClassifier", parameters={"n_estimators": 15, "subsample": 0.8}),
    Candidate(
        name="svm",
        estimator="sklearn.svm.SVC",
        wrapper="sklearn.calibration.CalibratedClassifierCV",
        wrapper_parameters={"ensemble": False},
        row_cap=300,
        scale=True,
        encoding="onehot",
    ),
)


def main(url: str, name: str, batch_id: int, jobs: int, seed: int, work: str) -> None:
    """Trains and prints the version and the digest of the rows."""
    both = Average(name="both", members=("trees", "xgboost"))
    use_case = TINY.model_copy(update={"name": name, "candidates": CANDIDATES, "averages": (both,)})
    rows = training_rows(use_case)
    parts = {part: getattr(rows, part).sample(frac=1, random_state=seed) for part in ("train", "validation", "test")}
    together = pd.concat([frame.assign(_partition=part) for part, frame in parts.items()])
    shuffled = replace(rows, **parts, data_digest=digest(together.sample(frac=1, random_state=seed), use_case.names))
    registry = ModelRegistry(MlflowSettings(url=url))
    trained = train(use_case, shuffled, registry, TrainingReason(batch_id, "run", "a test"), Path(work), jobs)
    sys.stdout.write(f"{trained.version} {trained.mlflow_run_id} {shuffled.data_digest}\n")


if __name__ == "__main__":
    url, name, batch_id, jobs, seed, work = sys.argv[1:]
    main(url, name, int(batch_id), int(jobs), int(seed), work)
