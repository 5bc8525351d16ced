"""Two versions of a model, explained on the same rows: what a notebook shows of them."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from telar.adapters.model_registry.registry import ModelRegistry
from telar.domain.errors import DataError
from telar.pipeline.explanation.explained import Explained
from telar.pipeline.explanation.explaining import explain
from telar.pipeline.explanation.pictures import (
    Picture,
    importance_picture,
    labels,
    summary_picture,
    waterfall_picture,
)
from telar.pipeline.explanation.versions import Loaded, chosen, load
from telar.pipeline.explanation.wording import LONGEST, short_word, title_of, word_of
from telar.settings import MlflowSettings

_TOLD = {"telar.candidate": "candidate", "telar.run_reason": "trained because", "telar.origin": "rows"}


@dataclass(frozen=True)
class Comparison:
    """One or two versions by what they are called; ``same_rows`` tells whether both were given the same rows."""

    title: str
    versions: dict[str, Explained]
    about: pd.DataFrame
    same_rows: bool

    def _repr_markdown_(self) -> str:
        names = list(self.versions)
        rows = len(self.versions[names[0]].rows)
        if len(names) == 1:
            return f"**{self.title}**: only {names[0]} is there, so there is nothing to compare it with yet."
        told = f"**{self.title}**: {names[0]} and {names[1]}, explained on "
        if self.same_rows:
            return told + f"the same {rows} held-out rows."
        return told + "rows of their own, since the second one asks for other columns."

    def importances(self) -> Picture:
        """What each version looks at, side by side."""
        return importance_picture(self.versions)

    def summaries(self) -> list[Picture]:
        """The beeswarm of each version."""
        return [summary_picture(label, each) for label, each in self.versions.items()]

    def waterfalls(self, row: int | None = None) -> list[Picture]:
        """How each version comes to its answer for one row (that of the greatest difference), for the same class.

        Raises:
            DataError: there is no such row.
        """
        rows = min(len(each.rows) for each in self.versions.values())
        asked = self.differing()[0] if row is None else row
        if not 0 <= asked < rows:
            raise DataError(f"there is no row {asked}: the rows are numbered from 0 to {rows - 1}")
        first = next(iter(self.versions.values()))
        focus = first.classes[int(first.answers[asked].argmax())] if first.classes else ""
        return [waterfall_picture(label, each, asked, focus) for label, each in self.versions.items()]

    def differing(self) -> list[int]:
        """The rows, that on which the versions differ most first."""
        both = [each.answers[:, each.shown] for each in self.versions.values()]
        apart = np.abs(both[0] - both[-1]) if self.same_rows else np.zeros(min(map(len, both)))
        return [int(row) for row in np.argsort(-apart, kind="stable")]

    def rows(self, most: int = 10) -> pd.DataFrame:
        """The rows on which the versions differ most: their answers and values, by the number of the row."""
        first = next(iter(self.versions.values()))
        shown = first.rows.iloc[self.differing()[:most]]
        told = {label: _answers(each)[shown.index] for label, each in self.versions.items()}
        values = {
            title_of(each): [short_word(word_of(each, value), LONGEST) for value in shown[each.name]]
            for each in first.first(8)
        }
        return pd.DataFrame({**told, **values}, index=shown.index.rename("row"))


def compare(settings: MlflowSettings, name: str, version: str | None = None, other: str | None = None) -> Comparison:
    """Explain two versions: the one in production and the one before it, where none is named.

    Raises:
        NoModel: nothing is registered under that name, or no such version.
        NotServable: a version was not made by Telar, or before it kept rows to explain.
        RegistryError: MLflow is away or refuses.
    """
    registry = ModelRegistry(settings)
    found = []
    for each in chosen(registry, name, version, other):
        with TemporaryDirectory() as folder:
            found.append(load(settings, each, Path(folder)))
    one, two = found[0], found[-1]
    same_rows = two.takes(one.contract)
    explained = [explain(one.model, one.contract, one.rows)]
    if len(found) == 2:
        explained.append(explain(two.model, two.contract, one.rows if same_rows else two.rows))
    focus = explained[0].classes[explained[0].shown] if explained[0].classes else ""
    production = registry.production(name)
    called = labels([each.registered.version for each in found], production.version if production else None)
    told = pd.DataFrame({label: _about(registry, each) for label, each in zip(called, found, strict=True)})
    versions = {label: replace(each, focus=focus) for label, each in zip(called, explained, strict=True)}
    return Comparison(one.contract.title, versions, told.fillna(""), same_rows)


def _about(registry: ModelRegistry, version: Loaded) -> dict[str, str]:
    """What is known of a version: candidate, reason, rows, and its metrics when it was trained."""
    metrics = registry.metrics(version.registered.run_id) if version.registered.run_id else {}
    tests = {name: value for name, value in sorted(metrics.items()) if name.startswith("test_")}
    return {
        **{label: version.registered.tags.get(tag, "") for tag, label in _TOLD.items()},
        **{f"test {name.removeprefix('test_')}": f"{value:.4g}" for name, value in tests.items()},
    }


def _answers(explained: Explained) -> NDArray[np.object_]:
    """The answers in words: the likeliest class with its probability, or the number."""
    if not explained.classes:
        return np.array([f"{value:,.4g}" for value in explained.answers[:, 0]], dtype=object)
    if len(explained.classes) == 1:
        return np.array([f"{value:.1%} {explained.outputs[0]}" for value in explained.answers[:, 0]], dtype=object)
    best = explained.answers.argmax(axis=1)
    return np.array(
        [f"{explained.outputs[each]} ({explained.answers[row, each]:.1%})" for row, each in enumerate(best)],
        dtype=object,
    )
