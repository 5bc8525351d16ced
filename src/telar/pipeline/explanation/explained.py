"""An explanation: the SHAP values of some rows with what it takes to show them to people."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from telar.domain.columns import Column
from telar.domain.contract import Contract
from telar.pipeline.explanation.rows import RowsToExplain


@dataclass(frozen=True)
class Explained:
    """How each column moved each answer.

    ``values`` (rows x columns x outputs) and ``base`` (outputs) are probabilities, or numbers in the target's unit; the
    outputs are the trained classes, of two only the second, or the number. ``focus`` is the class to be shown where
    there is room for one; without it, that which the model expects most often.
    """

    contract: Contract
    of: RowsToExplain
    values: NDArray[np.float64]
    base: NDArray[np.float64]
    focus: str = ""

    @property
    def rows(self) -> pd.DataFrame:
        """The explained rows, typed."""
        return self.of.explained

    @property
    def classes(self) -> tuple[str, ...]:
        """The class of each output; empty for a regression."""
        return self.contract.trained_classes[-len(self.base) :]

    @property
    def outputs(self) -> list[str]:
        """What people call each output."""
        target = self.contract.target
        return [target.label_of(each) for each in self.classes] or [target.label]

    @property
    def shown(self) -> int:
        """The output that is shown where there is room for one."""
        return self.classes.index(self.focus) if self.focus in self.classes else int(self.base.argmax())

    @property
    def answers(self) -> NDArray[np.float64]:
        """What the model answers: rows x outputs."""
        return np.asarray(self.base + self.values.sum(axis=1), dtype=np.float64)

    @property
    def quantity(self) -> str:
        """What the shown values are: the probability of a class, or the target with its unit."""
        target = self.contract.target
        if self.contract.task == "classification":
            return f"probability of “{self.outputs[self.shown]}”"
        return f"{target.label} ({target.unit})" if target.unit else target.label

    @cached_property
    def importance(self) -> dict[str, float]:
        """The mean of |SHAP| over the rows, summed over the outputs, by column; the most important first."""
        means = self.by_output.sum(axis=1)
        found = zip(self.contract.columns, means, strict=True)
        return {column.name: float(mean) for column, mean in sorted(found, key=lambda each: -each[1])}

    @property
    def by_output(self) -> NDArray[np.float64]:
        """Columns x outputs: the mean of |SHAP| over the rows."""
        return np.asarray(np.abs(self.values).mean(axis=0), dtype=np.float64)

    def first(self, most: int) -> list[Column]:
        """The most important columns."""
        return [self.contract.column(name) for name in list(self.importance)[:most]]

    def values_of(self, column: Column) -> NDArray[np.float64]:
        """One column's values for the shown output, a number for each row."""
        return self.values[:, self.contract.columns.index(column), self.shown]
