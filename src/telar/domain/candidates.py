"""What may be trained: an estimator by its dotted name, its parameters and their search; and averages of several."""

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
    ``balance`` is how far rare classes weigh more: at 0 each row counts the same, at 1 each class does. It raises the
    recall of a rare class and takes its probabilities away from its true share, which a Brier score tells.
    ``impute`` puts the median in the place of a missing number; False leaves it to an estimator that can tell by it.
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
    impute: bool = True
    baseline: bool = False
    balance: float = Field(default=0.0, ge=0, le=1)


class Average(Value):
    """The mean of what the best draws of several candidates say, of their probabilities or of their numbers.

    It is a contender of its own, made of ``members`` (names of candidates) that are fitted already.
    """

    name: str
    members: Annotated[tuple[str, ...], Field(min_length=2)]


def check_contenders(candidates: tuple[Candidate, ...], averages: tuple[Average, ...], task: str) -> None:
    """Names are unique, averages are made of candidates, and only classes are balanced.

    Raises:
        ValueError: names what does not fit.
    """
    known = [candidate.name for candidate in candidates]
    names = [*known, *(average.name for average in averages)]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"candidates or averages named {twice} stand twice")
    for average in averages:
        if unknown := sorted(set(average.members) - set(known)):
            raise ValueError(f"average {average.name} needs unknown candidate {unknown}")
    if task == "regression" and any(candidate.balance for candidate in candidates):
        raise ValueError("a regression has no classes to balance; remove balance")
