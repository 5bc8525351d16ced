"""The scikit-learn Pipeline of one candidate: engineered columns, encoding and scaling, then its estimator."""

import math
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import BaseEnsemble
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from telar.domain.candidates import Candidate
from telar.domain.errors import ConfigurationError
from telar.domain.use_case import UseCase
from telar.pipeline.features.steps import step_for

UNKNOWN_WORD = -1


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
    return Pipeline([("columns", _columns(use_case, candidate)), ("estimator", estimator)])


def _columns(use_case: UseCase, candidate: Candidate) -> ColumnTransformer:
    used = [column for column in use_case.columns if not column.identifier]
    numbers = [column.name for column in used if column.numeric]
    words = [column.name for column in used if not column.numeric]
    parts = [("numbers", _numeric(use_case, numbers, candidate.scale), numbers)] if numbers else []
    parts += [("words", _encoder(candidate), words)] if words else []
    return ColumnTransformer(parts, sparse_threshold=0)


def _numeric(use_case: UseCase, numbers: list[str], scale: bool) -> Pipeline:
    positions = list(numbers)
    steps: list[tuple[str, BaseEstimator]] = []
    for feature in use_case.features:
        steps.append((feature.name, step_for(feature, positions)))
        positions.append(feature.name)
    steps.append(("impute", SimpleImputer(strategy="median", keep_empty_features=True)))
    if scale:
        steps.append(("scale", StandardScaler()))
    return Pipeline(steps)


def _encoder(candidate: Candidate) -> BaseEstimator:
    if candidate.encoding == "onehot":
        return OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32)
    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=UNKNOWN_WORD, dtype=np.float32)


def _made(dotted: str, parameters: Mapping[str, Any], seed: int, jobs: int, *inner: BaseEstimator) -> BaseEstimator:
    """The estimator of that dotted name, seeded; an ensemble builds its members on ``jobs`` threads."""
    try:
        module, _, name = dotted.rpartition(".")
        made = getattr(import_module(module), name)(*inner, **parameters)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"candidate estimator {dotted} with {dict(parameters)} cannot be made: {error}; correct the use case"
        ) from error
    own = made.get_params(deep=False)
    extra: dict[str, Any] = {"random_state": seed} if own.get("random_state", math.nan) is None else {}
    if isinstance(made, BaseEnsemble) and own.get("n_jobs", math.nan) is None:
        extra["n_jobs"] = jobs
    return made.set_params(**extra)
