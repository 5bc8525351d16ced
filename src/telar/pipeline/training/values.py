"""What a training takes and what it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from telar.domain.lifecycle import Provenance
from telar.domain.promotion import Parity


@dataclass(frozen=True)
class TrainingRows:
    """Clean typed rows by partition (columns and target; numbers float64, words str or None) and where they are from.

    ``batches`` are the ids of the batches that they came in; ``data_digest`` identifies the rows whatever their order.
    """

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    batches: tuple[int, ...]
    cycle: int
    provenance: Provenance
    origin: str
    data_digest: str


@dataclass(frozen=True)
class TrainingReason:
    """Why a model is trained: the batch and the run that asked for it, the decision's words and its figures."""

    batch_id: int
    run_id: str
    reason: str
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Trained:
    """A registered version; ``metrics`` as MLflow names them (``test_macro_f1``), size and one row's latency."""

    version: str
    mlflow_run_id: str
    metrics: Mapping[str, float]
    parity: Parity
    model_megabytes: float
    latency_milliseconds: float
