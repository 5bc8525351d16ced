"""The pictures of a comparison, for a notebook: each is a PNG that shows itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np
from matplotlib.figure import Figure

from telar.pipeline.explanation.explained import Explained
from telar.pipeline.explanation.library import shap_library
from telar.pipeline.explanation.plots import BLUE, MOST_COLUMNS, beeswarm
from telar.pipeline.explanation.wording import short_word, title_of, word_of

ORANGE = "#d9822b"
MOST_STEPS = 12
_DPI = 90


@dataclass(frozen=True)
class Picture:
    """A picture as Jupyter shows it."""

    png: bytes

    def _repr_png_(self) -> bytes:
        return self.png


def importance_picture(versions: Mapping[str, Explained]) -> Picture:
    """The mean of |SHAP| by column, the versions side by side, the most important column on top."""
    one, *_ = versions.values()
    most: dict[str, float] = {}
    for each in versions.values():
        most |= {name: max(value, most.get(name, 0.0)) for name, value in each.importance.items()}
    names = sorted(most, key=lambda name: most[name])[-MOST_COLUMNS:]
    titles = {column.name: title_of(column) for each in versions.values() for column in each.contract.columns}
    figure = Figure(figsize=(9, 1.6 + 0.42 * len(names)), layout="constrained")
    axes = figure.subplots()
    height = 0.8 / len(versions)
    for place, ((label, each), colour) in enumerate(zip(versions.items(), (BLUE, ORANGE), strict=False)):
        means = [each.importance.get(name, 0.0) for name in names]
        axes.barh(np.arange(len(names)) - place * height, means, height, color=colour, label=label)
    axes.set_yticks(np.arange(len(names)) - (len(versions) - 1) * height / 2, [titles[name] for name in names])
    what = "probabilities, summed over the classes" if len(one.outputs) > 1 else one.quantity
    axes.set(xlabel=f"mean |SHAP value|: change of the {what}", title="What the versions look at")
    axes.legend(loc="lower right")
    return _picture(figure)


def summary_picture(label: str, explained: Explained) -> Picture:
    """The beeswarm of one version."""
    figure = Figure(figsize=(9, 1.6 + 0.36 * len(explained.first(MOST_COLUMNS))), layout="constrained")
    axes = figure.subplots()
    beeswarm(explained, axes)
    axes.set_title(f"{label}: what moves the {explained.quantity}; grey: words and missing values", fontsize=11)
    return _picture(figure)


def waterfall_picture(label: str, explained: Explained, row: int, focus: str) -> Picture:
    """How one row's columns lead from the base to the answer; ``focus`` is the class."""
    shown = replace(explained, focus=focus)
    columns, values = shown.contract.columns, shown.values[row, :, shown.shown]
    told = [word_of(column, shown.rows[column.name].iloc[row]) for column in columns]

    def draw() -> None:
        from matplotlib import pyplot

        shap = shap_library()
        steps = shap.Explanation(
            values,
            base_values=shown.base[shown.shown],
            data=np.array([short_word(word, 24) for word in told], dtype=object),
            feature_names=[title_of(column) for column in columns],
        )
        shap.plots.waterfall(steps, max_display=MOST_STEPS, show=False)
        pyplot.title(f"{label}, row {row}: {shown.quantity}", fontsize=12, pad=28)

    return _drawn_by_pyplot(draw)


def _drawn_by_pyplot(draw: Callable[[], None]) -> Picture:
    """What can only draw into pyplot's current figure."""
    from matplotlib import pyplot

    figure = pyplot.figure()
    try:
        draw()
        return _picture(figure)
    finally:
        pyplot.close(figure)


def _picture(figure: Figure) -> Picture:
    with BytesIO() as file:
        figure.savefig(file, format="png", dpi=_DPI, bbox_inches="tight")
        return Picture(file.getvalue())


def labels(numbers: Sequence[str], production: str | None) -> list[str]:
    """What the versions are called in pictures."""
    return [f"version {each}{' (in production)' if each == production else ''}" for each in numbers]
