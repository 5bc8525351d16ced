"""What may be trained: an estimator by its dotted name, its fixed parameters and what the search may vary."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from telar.domain.base import Value


class Choice(Value):
    """One of these values, each as likely."""

    kind: Literal["choice"] = "choice"
    values: tuple[JsonValue, ...]


class Uniform(Value):
    """A real number between ``low`` and ``high``; on a log scale where ``log`` says so."""

    kind: Literal["uniform"] = "uniform"
    low: float
    high: float
    log: bool = False


class Integer(Value):
    """A whole number from ``low`` to ``high``, both included."""

    kind: Literal["integer"] = "integer"
    low: int
    high: int


Range = Annotated[Choice | Uniform | Integer, Field(discriminator="kind")]


class Candidate(Value):
    """One contender of a training.

    ``wrapper`` is a dotted name of a meta-estimator that takes the estimator as its first argument. The search
    draws ``iterations`` combinations from ``search`` (0: the fixed parameters as they are) and scores them on the
    validation rows. ``row_cap`` bounds the stratified sample of train rows that it may fit; None is all of them.
    """

    name: str
    estimator: str
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    wrapper: str | None = None
    wrapper_parameters: dict[str, JsonValue] = Field(default_factory=dict)
    search: dict[str, Range] = Field(default_factory=dict)
    iterations: int = Field(default=0, ge=0)
    row_cap: int | None = Field(default=None, ge=100)
    encoding: Literal["onehot", "ordinal"] = "ordinal"
    scale: bool = False
    baseline: bool = False
