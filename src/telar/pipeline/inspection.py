"""What is found in one batch: its schema, nulls, unreadable values, ranges, duplicates, new categories, volume."""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from telar.domain.columns import Column
from telar.domain.profile import Profile
from telar.domain.quality import ColumnQuality, QualityReport
from telar.domain.use_case import UseCase
from telar.pipeline.reading import Typed, numbers

MOSTLY = 0.5
MOST_WORDS = 50


def inspect(
    use_case: UseCase,
    typed: Typed,
    received: Sequence[str],
    production: Profile | None = None,
    previous_rows: int | None = None,
) -> QualityReport:
    """The report on a batch that came with the columns ``received``; ``production`` holds the words trained on."""
    frame = typed.frame
    missing = tuple(name for name in use_case.names if name not in received)
    return QualityReport(
        rows=len(frame),
        previous_rows=previous_rows,
        missing_columns=missing,
        new_columns=tuple(name for name in received if name not in use_case.names),
        retyped_columns=_retyped(use_case, typed),
        duplicates=int(frame.duplicated().sum()),
        columns={name: _column_quality(use_case, typed, name) for name in use_case.names if name not in missing},
        new_categories=_new_categories(use_case.columns, frame, production),
    )


def _column_quality(use_case: UseCase, typed: Typed, name: str) -> ColumnQuality:
    values, unreadable = typed.frame[name], typed.unreadable[name]
    part = next((column for column in use_case.columns if column.name == name), use_case.target)
    return ColumnQuality(
        nulls=int((values.isna() & ~unreadable).sum()),
        unreadable=int(unreadable.sum()),
        out_of_range=_out_of_range(values, part.minimum, part.maximum),
        optional=isinstance(part, Column) and part.nullable,
    )


def _out_of_range(values: pd.Series, minimum: float | None, maximum: float | None) -> int:
    below = 0 if minimum is None else int((values < minimum).sum())
    above = 0 if maximum is None else int((values > maximum).sum())
    return below + above


def _retyped(use_case: UseCase, typed: Typed) -> dict[str, str]:
    now_text = {
        column.name: "text"
        for column in use_case.columns
        if column.numeric and _mostly(typed.unreadable[column.name], typed.frame[column.name])
    }
    return now_text | {
        column.name: "a number" for column in use_case.columns if _looks_numeric(column, typed.frame[column.name])
    }


def _mostly(unreadable: pd.Series, values: pd.Series) -> bool:
    present = int((values.notna() | unreadable).sum())
    return present > 0 and int(unreadable.sum()) > MOSTLY * present


def _looks_numeric(column: Column, words: pd.Series) -> bool:
    present = words.dropna()
    if not column.categories or present.empty:
        return False
    unknown = present[~present.isin(column.vocabulary)]
    return int(numbers(unknown).notna().sum()) > MOSTLY * len(present)


def _new_categories(
    columns: Sequence[Column], frame: pd.DataFrame, production: Profile | None
) -> dict[str, dict[str, int]]:
    trained = production.categories if production else {}
    known: Mapping[str, tuple[Collection[str], ...]] = {
        column.name: tuple(
            words
            for words in (column.vocabulary, trained[column.name].shares if column.name in trained else ())
            if words
        )
        for column in columns
        if not column.numeric and not column.identifier
    }
    found = {name: _unknown(frame[name], vocabularies) for name, vocabularies in known.items()}
    return {name: words for name, words in found.items() if words}


def _unknown(column: pd.Series, vocabularies: tuple[Collection[str], ...]) -> dict[str, int]:
    present = column.dropna().astype("object")
    strange = pd.Series(False, index=present.index)
    for vocabulary in vocabularies:
        strange |= ~present.isin(list(vocabulary))
    return {str(word): int(count) for word, count in present[strange].value_counts().head(MOST_WORDS).items()}
