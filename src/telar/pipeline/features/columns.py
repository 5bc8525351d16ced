"""How the columns of a use case become the numbers that an estimator learns from."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from telar.domain.candidates import Candidate
from telar.domain.features import Grouping, TargetEncoding
from telar.domain.use_case import UseCase
from telar.pipeline.features.steps import STEPS, step_for
from telar.pipeline.features.words import DigitWords, GroupWords, TargetWords

UNKNOWN_WORD = -1
Part = tuple[str, BaseEstimator, list[str]]


def transformer_of(use_case: UseCase, candidate: Candidate, seed: int) -> ColumnTransformer:
    """Numbers with what is computed of them, words, groups of words, means of the target; in this order.

    Identifiers are left out unless a grouping or an encoding names them; columns that one of these stands for, too.
    """
    standing_in = [each for each in use_case.features if isinstance(each, Grouping | TargetEncoding)]
    replaced = {each.column for each in standing_in if not each.keep}
    used = [column for column in use_case.columns if not column.identifier and column.name not in replaced]
    numbers = [column.name for column in used if column.numeric]
    words = [column.name for column in used if not column.numeric]
    parts: list[Part] = [("numbers", _numeric(use_case, numbers, candidate), numbers)] if numbers else []
    parts += [("words", _encoder(candidate), words)] if words else []
    parts += _grouped(use_case, candidate, replaced)
    parts += [_means(use_case, each, candidate, seed) for each in standing_in if isinstance(each, TargetEncoding)]
    return ColumnTransformer(parts, sparse_threshold=0)


def _numeric(use_case: UseCase, numbers: list[str], candidate: Candidate) -> BaseEstimator:
    positions = list(numbers)
    steps: list[tuple[str, BaseEstimator]] = []
    for feature in use_case.features:
        if type(feature) in STEPS:
            steps.append((feature.name, step_for(feature, positions)))
            positions.append(feature.name)
    if candidate.impute:
        steps.append(("impute", SimpleImputer(strategy="median", keep_empty_features=True)))
    if candidate.scale:
        steps.append(("scale", StandardScaler()))
    return Pipeline(steps) if steps else "passthrough"


def _encoder(candidate: Candidate) -> BaseEstimator:
    if candidate.encoding == "onehot":
        return OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32)
    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=UNKNOWN_WORD, dtype=np.float32)


def _grouped(use_case: UseCase, candidate: Candidate, replaced: set[str]) -> list[Part]:
    """One part for all columns that are grouped in the same way, so that one ONNX node matches them together."""
    alike: dict[str, list[Grouping]] = defaultdict(list)
    for feature in use_case.features:
        if isinstance(feature, Grouping) and feature.name not in replaced:
            column, before = _source(use_case, feature.column)
            way = (bool(_as_words(use_case, [column])), before, feature.groups, feature.other)
            alike[repr(way)].append(feature)
    parts = []
    for features in alike.values():
        sources = [_source(use_case, each.name) for each in features]
        columns = [column for column, _ in sources]
        steps = [*_as_words(use_case, columns), *_groupers(sources[0][1]), ("encode", _encoder(candidate))]
        parts.append((f"groups_{features[0].name}", Pipeline(steps), columns))
    return parts


def _means(use_case: UseCase, feature: TargetEncoding, candidate: Candidate, seed: int) -> Part:
    column, before = _source(use_case, feature.column)
    classes = use_case.task == "classification"
    log = use_case.target_scale == "log"
    encoder = TargetWords(classes, feature.min_rows, feature.smooth, log, random_state=seed)
    steps = [*_as_words(use_case, [column]), *_groupers(before), ("encode", encoder)]
    if candidate.scale:
        steps.append(("scale", StandardScaler()))
    return (f"means_{feature.name}", Pipeline(steps), [column])


def _source(use_case: UseCase, name: str) -> tuple[str, tuple[Grouping, ...]]:
    """The column of the source behind a column of words, and the groupings on the way from it."""
    for feature in use_case.features:
        if isinstance(feature, Grouping) and feature.name == name:
            column, before = _source(use_case, feature.column)
            return column, (*before, feature)
    return name, ()


def _as_words(use_case: UseCase, columns: list[str]) -> list[tuple[str, BaseEstimator]]:
    """The step before the others where the columns, all of one kind, are numbers that are words."""
    numbers = any(column.numeric for column in use_case.columns if column.name in columns)
    return [("digits", DigitWords())] if numbers else []


def _groupers(groupings: Sequence[Grouping]) -> list[tuple[str, BaseEstimator]]:
    return [
        (f"group_{place}", GroupWords([g.name for g in each.groups], [g.pattern for g in each.groups], each.other))
        for place, each in enumerate(groupings)
    ]
