"""Which rows are explained, and what they are compared with; they lie beside the model, so that anybody can go on."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from telar.domain.contract import Contract
from telar.domain.errors import NotServable

FILE_NAME = "explained_rows.json"
MOST_ROWS, LEAST_ROWS = 120, 30
MOST_BACKGROUND, LEAST_BACKGROUND = 30, 10
MOST_ANSWERS = 100_000  # that an explanation asks the model for: 2 s where it gives 50,000 a second
SLOW_ANSWERS = 10_000


@dataclass(frozen=True)
class RowsToExplain:
    """Typed rows of the contract's columns: the ``explained`` ones, and the ``background`` that each is set against."""

    explained: pd.DataFrame
    background: pd.DataFrame

    def save(self, folder: Path) -> None:
        """Write them into the existing folder, column by column; a missing value is null."""
        parts = {name: frame.astype(object).where(frame.notna(), None) for name, frame in vars(self).items()}
        (folder / FILE_NAME).write_text(json.dumps({name: each.to_dict("list") for name, each in parts.items()}))

    @classmethod
    def load(cls, folder: Path, contract: Contract) -> Self:
        """Read it back.

        Raises:
            NotServable: the version has none; it was made before Telar kept them.
        """
        try:
            parts = json.loads((folder / FILE_NAME).read_bytes())
        except FileNotFoundError as error:
            raise NotServable(f"this version of {contract.name} has no {FILE_NAME}: train it anew") from error
        return cls(_typed(parts["explained"], contract), _typed(parts["background"], contract))


def rows_to_explain(rows: pd.DataFrame, contract: Contract, answers: int = MOST_ANSWERS) -> RowsToExplain:
    """The first of the held-out rows are explained, the last are the background: as many as those answers allow.

    ``rows`` are typed, at least one, in an order that says nothing of them.
    """
    width = len(contract.columns)
    most = min(max(answers // (LEAST_BACKGROUND * width), LEAST_ROWS), MOST_ROWS)
    background = min(max(answers // (most * width), LEAST_BACKGROUND), MOST_BACKGROUND)
    own = rows[[column.name for column in contract.columns]]
    return RowsToExplain(own.iloc[:most].reset_index(drop=True), own.iloc[-background:].reset_index(drop=True))


def _typed(columns: dict[str, list[Any]], contract: Contract) -> pd.DataFrame:
    kinds = {column.name: "float64" if column.numeric else "object" for column in contract.columns}
    return pd.DataFrame({name: pd.Series(columns[name], dtype=kind) for name, kind in kinds.items()})
