"""The transformers of columns of words: matrices of str in which a missing word is ``""``."""

import re
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.preprocessing import TargetEncoder

from telar.adapters.onnx_model import MISSING_WORD

FOLDS = 5
Words = NDArray[np.object_]


class DigitWords(TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no annotations
    """Whole numbers as words, n x k in and out: 601.0 is ``"601"``, a missing one ``""``."""

    def fit(self, rows: ArrayLike, target: object = None) -> Self:  # noqa: ARG002
        """Learns nothing but the width."""
        self.n_features_in_ = np.shape(rows)[1]
        return self

    def transform(self, rows: ArrayLike) -> Words:
        """The digits of the numbers."""
        return np.column_stack([self._digits(column) for column in np.asarray(rows, dtype=np.float32).T])

    def _digits(self, column: NDArray[np.float32]) -> Words:
        codes, distinct = pd.factorize(column)
        words = np.array([*(str(int(number)) for number in distinct), MISSING_WORD], dtype=object)
        found: Words = words[codes]
        return found


class GroupWords(TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no annotations
    """Puts the name of the first of ``patterns`` that matches a word in its place, n x k in and out.

    A word that none matches becomes ``other``, or stays where that is None; ``""`` stays.
    """

    def __init__(self, names: list[str], patterns: list[str], other: str | None = "other") -> None:
        self.names = names
        self.patterns = patterns
        self.other = other

    def fit(self, rows: ArrayLike, target: object = None) -> Self:  # noqa: ARG002
        """Learns nothing but the width."""
        self.n_features_in_ = np.shape(rows)[1]
        return self

    def transform(self, rows: ArrayLike) -> Words:
        """The groups of the words."""
        return np.column_stack([self._grouped(column) for column in as_words(rows).T])

    def _grouped(self, column: Words) -> Words:
        codes, distinct = pd.factorize(column)
        words = pd.Series(distinct, dtype=object)
        grouped = words.where(words == MISSING_WORD, words if self.other is None else self.other)
        for name, pattern in reversed(list(zip(self.names, self.patterns, strict=True))):
            matches = np.array([re.fullmatch(pattern, word) is not None for word in words], dtype=bool)
            grouped[matches & (words != MISSING_WORD)] = name
        found: Words = grouped.to_numpy(dtype=object)[codes]
        return found


class TargetWords(TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no annotations
    """Puts the smoothed mean of the target in the place of each word; ``fit_transform`` that of the other folds.

    ``tables_`` holds for each column a float32 matrix of (words + 1) x (classes or 1) in the order of ``words_``; its
    last row is the mean of all rows, for words that are unknown or that fewer than ``min_rows`` rows hold.
    """

    def __init__(
        self,
        classes: bool = False,
        min_rows: int = 10,
        smooth: float | Literal["auto"] = "auto",
        log: bool = False,
        random_state: int | None = None,
    ) -> None:
        self.classes = classes
        self.min_rows = min_rows
        self.smooth = smooth
        self.log = log
        self.random_state = random_state

    def fit(self, rows: ArrayLike, target: ArrayLike) -> Self:
        """Learns the means of every word."""
        self.fit_transform(rows, target)
        return self

    def fit_transform(self, rows: ArrayLike, target: ArrayLike) -> NDArray[np.float32]:
        """Learns the means of every word, and gives each row those that the rows of the other folds make."""
        words, learned = as_words(rows), np.log1p(target) if self.log else np.asarray(target)
        self.n_features_in_ = words.shape[1]
        self.words_ = [_frequent(column, self.min_rows) for column in words.T]
        encoder, codes = self._encoder(learned), self._codes(words)
        crossed = encoder.fit_transform(codes, learned)
        mean = np.atleast_1d(np.asarray(encoder.target_mean_, dtype=np.float64))
        self.tables_ = [self._table(encoder, column, mean) for column in range(words.shape[1])]
        unknown = np.repeat(codes == [len(each) for each in self.words_], len(mean), axis=1)
        made: NDArray[np.float32] = np.where(unknown, np.tile(mean, words.shape[1]), crossed).astype(np.float32)
        return made

    def transform(self, rows: ArrayLike) -> NDArray[np.float32]:
        """The means of the words, n x (columns x classes)."""
        codes = self._codes(as_words(rows))
        return np.column_stack([table[column] for table, column in zip(self.tables_, codes.T, strict=True)])

    def _codes(self, words: Words) -> NDArray[np.int64]:
        """The place of each word in ``words_``; one past the last for the others."""
        found = [pd.Index(known).get_indexer(column) for known, column in zip(self.words_, words.T, strict=True)]
        last = [len(known) for known in self.words_]
        return np.column_stack([np.where(each < 0, end, each) for each, end in zip(found, last, strict=True)])

    def _table(self, encoder: TargetEncoder, column: int, mean: NDArray[np.float64]) -> NDArray[np.float32]:
        table = np.tile(mean, (len(self.words_[column]) + 1, 1))
        known = encoder.categories_[column] < len(self.words_[column])
        for place in range(len(mean)):
            encodings = encoder.encodings_[column * len(mean) + place]
            table[encoder.categories_[column][known], place] = encodings[known]
        return table.astype(np.float32)

    def _encoder(self, target: NDArray[Any]) -> TargetEncoder:
        """The kind is said, never guessed: whole numbers would be taken for classes."""
        if not self.classes:
            folds = KFold(FOLDS, shuffle=True, random_state=self.random_state)
            return TargetEncoder(target_type="continuous", smooth=self.smooth, cv=folds)
        kind = "binary" if len(np.unique(target)) == 2 else "multiclass"
        strata = StratifiedKFold(FOLDS, shuffle=True, random_state=self.random_state)
        return TargetEncoder(target_type=kind, smooth=self.smooth, cv=strata)


def as_words(rows: ArrayLike) -> Words:
    """A matrix of str, whatever it came as; what is no str is missing."""
    matrix = np.asarray(rows, dtype=object)
    return np.where(np.vectorize(lambda each: isinstance(each, str), otypes=[bool])(matrix), matrix, MISSING_WORD)


def _frequent(column: Words, least: int) -> Words:
    """The distinct words that at least ``least`` rows hold, sorted."""
    codes, distinct = pd.factorize(column, sort=True)
    kept: Words = np.asarray(distinct, dtype=object)[np.bincount(codes, minlength=len(distinct)) >= least]
    return kept
