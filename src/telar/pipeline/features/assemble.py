"""The scikit-learn Pipeline of one candidate: engineered columns, encoding and scaling, then its estimator."""

import math
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.ensemble import BaseEnsemble
from sklearn.pipeline import Pipeline

from telar.domain.candidates import Candidate
from telar.domain.errors import ConfigurationError
from telar.domain.use_case import UseCase
from telar.pipeline.features.columns import transformer_of
from telar.pipeline.features.log_target import LogTarget


def build_pipeline(
    use_case: UseCase, candidate: Candidate, parameters: Mapping[str, Any], seed: int, jobs: int = 1
) -> Pipeline:
    """An unfitted Pipeline that takes the model input (see `training.rows`) of the use case's columns.

    ``parameters`` are those that the search drew; they replace the candidate's fixed ones. Identifiers are left out.

    Raises:
        ConfigurationError: the estimator's name or a parameter's is wrong.
    """
    estimator = _made(candidate.estimator, {**candidate.parameters, **parameters}, seed, jobs)
    if candidate.wrapper:
        estimator = _made(candidate.wrapper, candidate.wrapper_parameters, seed, jobs, estimator)
    if use_case.target_scale == "log":
        estimator = LogTarget(estimator)
    return Pipeline([("columns", transformer_of(use_case, candidate, seed)), ("estimator", estimator)])


def _made(dotted: str, parameters: Mapping[str, Any], seed: int, jobs: int, *inner: BaseEstimator) -> BaseEstimator:
    """The estimator of that dotted name, seeded; an ensemble of trees is built on ``jobs`` threads."""
    try:
        module, _, name = dotted.rpartition(".")
        made = getattr(import_module(module), name)(*inner, **parameters)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"candidate estimator {dotted} with {dict(parameters)} cannot be made: {error}; correct the use case"
        ) from error
    own = made.get_params(deep=False)
    extra: dict[str, Any] = {"random_state": seed} if own.get("random_state", math.nan) is None else {}
    if (isinstance(made, BaseEnsemble) or dotted.startswith("xgboost.")) and own.get("n_jobs", math.nan) is None:
        extra["n_jobs"] = jobs
    return made.set_params(**extra)
