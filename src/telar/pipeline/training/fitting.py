"""The fit of one Pipeline, with rare classes weighing as much as its candidate says."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from telar.domain.candidates import Candidate
from telar.domain.errors import ConfigurationError
from telar.pipeline.training.model_input import Target


def fit(pipeline: Pipeline, candidate: Candidate, inputs: pd.DataFrame, target: Target) -> None:
    """Fits the Pipeline in place.

    Raises:
        ConfigurationError: the candidate asks for balance and its estimator takes no weights.
    """
    if not candidate.balance:
        pipeline.fit(inputs, target)
        return
    step, estimator = pipeline.steps[-1]
    if not has_fit_parameter(estimator, "sample_weight"):
        raise ConfigurationError(
            f"candidate {candidate.name}: {type(estimator).__name__} takes no weights of rows; set balance=0"
        )
    pipeline.fit(inputs, target, **{f"{step}__sample_weight": row_weights(target, candidate.balance)})


def row_weights(target: Target, balance: float) -> NDArray[np.float64]:
    """The weight of each row, (rows / (classes x rows of its class)) to the power of ``balance``."""
    _, places, counts = np.unique(target, return_inverse=True, return_counts=True)
    even: NDArray[np.float64] = len(target) / (len(counts) * counts[places])
    return even**balance
