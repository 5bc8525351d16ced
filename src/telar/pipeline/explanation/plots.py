"""The pictures of an explanation: summary (beeswarm), bar and dependence plots, as PNG files."""

from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from telar.domain.columns import Column
from telar.pipeline.explanation.explained import Explained
from telar.pipeline.explanation.library import shap_library
from telar.pipeline.explanation.wording import MISSING, short_word, title_of, word_of

MOST_COLUMNS, MOST_CLASSES, MOST_WORDS, PANELS = 15, 8, 10, 3
LONGEST_WORD = 26
BLUE, GREY = "#3b6ea5", "#777777"
_DPI = 110


def summary_plot(explained: Explained, path: Path) -> None:
    """A point for each row and column: where it moved the answer, coloured by the column's value."""
    shown = len(explained.first(MOST_COLUMNS))
    figure = Figure(figsize=(9, 1.6 + 0.4 * shown), layout="constrained")
    beeswarm(explained, figure.subplots())
    figure.savefig(path, dpi=_DPI)


def beeswarm(explained: Explained, axes: Axes) -> None:
    """The summary plot of SHAP's own library."""
    columns = explained.contract.columns
    rows = explained.rows[[column.name for column in columns]]
    shap = shap_library()
    told = shap.Explanation(
        explained.values[:, :, explained.shown],
        data=rows.astype(dict.fromkeys(_grey(explained), object)),
        feature_names=[title_of(column) for column in columns],
    )
    shap.plots.beeswarm(
        told,
        max_display=MOST_COLUMNS,
        ax=axes,
        plot_size=None,
        show=False,
        group_remaining_features=False,
        color_bar_label="value of the column",
    )
    axes.tick_params("y", labelsize=10)
    axes.set_xlabel(f"SHAP value: change of the {explained.quantity}", fontsize=10)
    axes.set_title(f"What moves the {explained.quantity}; grey: words and missing values", fontsize=11)


def bar_plot(explained: Explained, path: Path) -> None:
    """The mean of |SHAP| of each column, the most important on top; a colour for each class."""
    columns = explained.first(MOST_COLUMNS)[::-1]
    figure = Figure(figsize=(9, 1.6 + 0.34 * len(columns)), layout="constrained")
    axes = figure.subplots()
    left = np.zeros(len(columns))
    places = [explained.contract.columns.index(column) for column in columns]
    for colour, (label, means) in enumerate(_stacked(explained)):
        axes.barh(range(len(columns)), means[places], left=left, color=_colour(colour), label=label)
        left += means[places]
    axes.set_yticks(range(len(columns)), [title_of(each) for each in columns])
    classes = len(explained.outputs) > 1
    what = "probabilities, summed over the classes" if classes else explained.quantity
    axes.set_xlabel(f"mean |SHAP value|: change of the {what}")
    axes.set_title(f"What moves the {explained.contract.target.label if classes else explained.quantity}")
    if classes:
        axes.legend(title=explained.contract.target.label, loc="lower right")
    figure.savefig(path, dpi=_DPI)


def dependence_plot(explained: Explained, path: Path) -> None:
    """For each of the three most important columns: how its value moves the answer, a point for each row."""
    columns = explained.first(PANELS)
    figure = Figure(figsize=(4.6 * len(columns), 4.6), layout="constrained")
    for column, axes in zip(columns, figure.subplots(1, len(columns), sharey=True, squeeze=False)[0], strict=True):
        axes.axhline(0, color="#999999", linewidth=0.8)
        (_numbers if column.numeric else _words)(explained, column, axes)
        axes.set_xlabel(title_of(column))
    figure.suptitle(f"How the most important columns move the {explained.quantity}")
    figure.supylabel("SHAP value", fontsize=10)
    figure.savefig(path, dpi=_DPI)


def _numbers(explained: Explained, column: Column, axes: Axes) -> None:
    numbers, values = explained.rows[column.name].to_numpy(dtype=np.float64), explained.values_of(column)
    known = ~np.isnan(numbers)
    axes.scatter(numbers[known], values[known], s=14, alpha=0.6, color=BLUE, linewidth=0)
    if not known.all():
        low, high = (numbers[known].min(), numbers[known].max()) if known.any() else (0.0, 1.0)
        beside = np.full((~known).sum(), low - 0.08 * ((high - low) or 1))
        axes.scatter(beside, values[~known], s=14, marker="x", color=GREY, label=MISSING)
        axes.legend()


def _words(explained: Explained, column: Column, axes: Axes) -> None:
    """The most frequent words, and the others together."""
    words = explained.rows[column.name].fillna("")
    frequent = list(words.value_counts().index[:MOST_WORDS])
    groups = [short_word(word_of(column, word), LONGEST_WORD) for word in frequent]
    groups += ["other words"] if words.nunique() > MOST_WORDS else []
    places = words.map(lambda word: frequent.index(word) if word in frequent else len(frequent)).to_numpy()
    aside = np.random.default_rng(0).uniform(-0.2, 0.2, len(places))
    axes.scatter(places + aside, explained.values_of(column), s=14, alpha=0.6, color=BLUE, linewidth=0)
    axes.set_xticks(range(len(groups)), groups, rotation=45, ha="right", fontsize=8)


def _stacked(explained: Explained) -> list[tuple[str, NDArray[np.float64]]]:
    """The outputs that are moved most, and the others together, each with a mean for every column."""
    means = explained.by_output
    order = np.argsort(-means.sum(axis=0))
    kept = [(explained.outputs[each], means[:, each]) for each in order[:MOST_CLASSES]]
    rest = order[MOST_CLASSES:]
    return [*kept, ("others", means[:, rest].sum(axis=1))] if len(rest) else kept


def _grey(explained: Explained) -> list[str]:
    """The columns that have no colour from low to high."""
    rows = explained.rows
    return [each.name for each in explained.contract.columns if not each.numeric or rows[each.name].isna().all()]


def _colour(place: int) -> str | tuple[float, float, float, float]:
    colour: tuple[float, float, float, float] = colormaps["tab10"](place)
    return colour if place else BLUE
