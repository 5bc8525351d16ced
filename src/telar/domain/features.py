"""The closed vocabulary of engineered columns; `pipeline.features` holds one transformer and one ONNX form for each."""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from telar.domain.base import Value
from telar.domain.columns import Column, Name
from telar.domain.groups import Group

Sort = Literal["number", "word"]
LARGEST_WORD = 2**24  # of whole numbers, in the float32 that models take


class _Feature(Value):
    """``takes`` is the sort of column that it is made of, ``gives`` what it is itself to the features after it."""

    takes: ClassVar[Sort] = "number"
    gives: ClassVar[Sort | None] = "number"

    name: Name

    @property
    def inputs(self) -> tuple[str, ...]:
        raise NotImplementedError


class _OfTwo(_Feature):
    left: Name
    right: Name

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.left, self.right)


class _OfOne(_Feature):
    column: Name

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.column,)


class Sum(_OfTwo):
    """``left + right``."""

    step: Literal["sum"] = "sum"


class Difference(_OfTwo):
    """``left - right``."""

    step: Literal["difference"] = "difference"


class Hypotenuse(_OfTwo):
    """``sqrt(left² + right²)``, the straight distance of two perpendicular ones."""

    step: Literal["hypotenuse"] = "hypotenuse"


class Sine(_OfOne):
    """Sine of an angle in degrees."""

    step: Literal["sine"] = "sine"


class Cosine(_OfOne):
    """Cosine of an angle in degrees."""

    step: Literal["cosine"] = "cosine"


class Log(_OfOne):
    """``log(1 + column)`` of a non-negative column; a negative value becomes missing."""

    step: Literal["log"] = "log"


class _OfWords(_OfOne):
    """Stands for a column of words: the column itself is no longer an input of the model, unless ``keep`` says so.

    An identifier of whole numbers is such a column, too: 601, 601.0 and "601" are the word 601.
    """

    takes: ClassVar[Sort] = "word"

    keep: bool = False


class Grouping(_OfWords):
    """The first of ``groups`` that a word belongs to; else ``other`` (None: the word itself); missing stays missing."""

    gives: ClassVar[Sort | None] = "word"

    step: Literal["grouping"] = "grouping"
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    other: str | None = "other"


class TargetEncoding(_OfWords):
    """The smoothed mean of the target over the train rows with the same word, for columns of many words.

    A train row is encoded by the other folds' means (scikit-learn's TargetEncoder), so its own target never leaks. A
    word that fewer than ``min_rows`` train rows hold, or none, gets the mean of all rows. On a target with a log scale
    it is the mean of logarithms; of more than two classes, a column for each class. ``smooth`` is how many rows the
    mean of all counts for; "auto" follows from the variances (Micci-Barreca, 2001).
    """

    gives: ClassVar[Sort | None] = None

    step: Literal["target_encoding"] = "target_encoding"
    min_rows: int = Field(default=10, ge=1)
    smooth: Annotated[float, Field(ge=0)] | Literal["auto"] = "auto"


Feature = Annotated[
    Sum | Difference | Hypotenuse | Sine | Cosine | Log | Grouping | TargetEncoding, Field(discriminator="step")
]


def check_features(features: Iterable[Feature], columns: Iterable[Column]) -> None:
    """Each feature is made of columns, or of features before it, of the sort that it takes.

    Raises:
        ValueError: names the feature, and what it cannot be made of.
    """
    known = {column.name: column for column in columns}
    sorts: dict[str, Sort | None] = {name: _sort(column) for name, column in known.items()}
    identifiers = {name for name, column in known.items() if column.identifier}
    for feature in features:
        if missing := set(feature.inputs) - set(sorts):
            raise ValueError(f"feature {feature.name} needs unknown column {sorted(missing)}")
        if feature.name in sorts:
            raise ValueError(f"feature {feature.name} has the name of a column or feature before it")
        if feature.takes == "number" and (odd := sorted(identifiers.intersection(feature.inputs))):
            raise ValueError(f"feature {feature.name}: no figure is made of the identifier {odd}")
        if odd := [each for each in feature.inputs if sorts[each] != feature.takes]:
            raise ValueError(f"feature {feature.name}: a {feature.step} takes a column of {feature.takes}s, not {odd}")
        for each in feature.inputs:
            _check_exact(feature, known.get(each))
        sorts[feature.name] = feature.gives


def _sort(column: Column) -> Sort:
    whole_identifier = column.identifier and column.kind == "integer"
    return "number" if column.numeric and not whole_identifier else "word"


def _check_exact(feature: _Feature, column: Column | None) -> None:
    """Models take numbers as float32, in which larger whole numbers would be one word."""
    if column is None or not column.numeric or feature.takes == "number":
        return
    low, high = column.minimum, column.maximum
    if low is None or high is None or low < -LARGEST_WORD or high > LARGEST_WORD:
        raise ValueError(
            f"feature {feature.name}: the numbers of {column.name} are words only within ±{LARGEST_WORD:,}; "
            "set its minimum and maximum, or make it a category"
        )
