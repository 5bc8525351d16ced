"""The thresholds that a use case sets: quality, drift, gate. The functions that apply them are beside this module."""

from pydantic import Field

from telar.domain.base import Value


class QualityRules(Value):
    """A batch beyond any of these shares is refused: stored raw, reported, never trained on."""

    min_rows: int = Field(default=100, ge=1)
    max_null_share: float = Field(default=0.5, ge=0, le=1)
    max_unreadable_share: float = Field(default=0.05, ge=0, le=1)
    max_out_of_range_share: float = Field(default=0.2, ge=0, le=1)
    max_duplicate_share: float = Field(default=0.5, ge=0, le=1)


class DriftRules(Value):
    """When a batch is different enough to train again.

    ``batch_change`` is the relative change of mean, std, median or 75 % quantile against the previous batch;
    the others compare with the rows that the production version was trained on.
    """

    batch_change: float = 0.15
    max_psi: float = 0.2
    max_wasserstein: float = 0.25
    max_new_category_share: float = 0.01
    min_new_rows: int = 1_000


class Guard(Value):
    """A metric that may get worse by at most ``tolerance`` (absolute, or relative to production's value)."""

    metric: str
    tolerance: float
    relative: bool = False


class GateRules(Value):
    """What a challenger must show against production; the first model only the ``floor``.

    ``min_gain`` is how much better the primary metric must be (absolute, or relative to production's value).
    """

    floor: float
    min_gain: float = 0.0
    relative_gain: bool = False
    guards: tuple[Guard, ...] = ()
    min_label_parity: float = Field(default=0.999, ge=0, le=1)
    max_probability_difference: float = 1e-3
    max_model_megabytes: float = 200.0
    max_latency_milliseconds: float = 20.0
