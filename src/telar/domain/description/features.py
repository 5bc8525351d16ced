"""The engineered columns of a use case, each as a formula or a sentence."""

from telar.domain.description.wording import listed, table
from telar.domain.features import (
    Cosine,
    Difference,
    Feature,
    Grouping,
    Hypotenuse,
    Log,
    Sine,
    Sum,
    TargetEncoding,
)
from telar.domain.use_case import UseCase


def features_text(use_case: UseCase) -> str:
    """One row for each feature; empty where there is none."""
    rows = [(f"`{feature.name}`", feature_words(feature)) for feature in use_case.features]
    return table(("Column", "Made as"), rows) if rows else ""


def feature_words(feature: Feature) -> str:
    """What a feature is made of."""
    match feature:
        case Sum():
            return f"{feature.left} + {feature.right}"
        case Difference():
            return f"{feature.left} - {feature.right}"
        case Hypotenuse():
            return f"the straight distance of {feature.left} and {feature.right}"
        case Sine():
            return f"the sine of {feature.column}"
        case Cosine():
            return f"the cosine of {feature.column}"
        case Log():
            return f"the logarithm of 1 + {feature.column}"
        case Grouping():
            return _grouping(feature)
        case TargetEncoding():
            return f"the mean of the target over the train rows with the same {feature.column}{_beside(feature.keep)}"


def _grouping(feature: Grouping) -> str:
    names = listed([group.name for group in feature.groups])
    rest = "; other words stay as they are" if feature.other is None else f"; other words are {feature.other}"
    return f"{feature.column} grouped into {names}{rest}{_beside(feature.keep)}"


def _beside(keep: bool) -> str:
    return ", beside the column itself" if keep else ", in its place"
