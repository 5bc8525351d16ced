"""The pictures of a training's run, as PNG files."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

MOST_BARS = 25
MOST_POINTS = 3_000


def confusion_plot(matrix: NDArray[np.int64], labels: list[str], path: Path) -> None:
    """Rows are the true classes, columns the predicted ones; colour is the share of the true class."""
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    size = 2.5 + 0.7 * len(labels)
    figure = Figure(figsize=(size + 1, size), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="predicted", ylabel="true", title="Confusion matrix, test rows")
    for (row, column), count in np.ndenumerate(matrix):
        dark = share[row, column] > 0.5
        axes.text(column, row, f"{count:,}", ha="center", va="center", fontsize=8, color="white" if dark else "black")
    figure.colorbar(image, label="share of the true class")
    figure.savefig(path, dpi=110)


def error_plot(truth: NDArray[np.float64], values: NDArray[np.float64], unit: str, path: Path) -> None:
    """Predicted against true numbers of at most 3,000 test rows."""
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots()
    axes.scatter(truth[:MOST_POINTS], values[:MOST_POINTS], s=6, alpha=0.4)
    axes.axline((float(truth.mean()), float(truth.mean())), slope=1, color="black", linewidth=1)
    suffix = f" ({unit})" if unit else ""
    axes.set(xlabel=f"true{suffix}", ylabel=f"predicted{suffix}", title="Test rows")
    figure.savefig(path, dpi=110)


def importance_plot(losses: dict[str, float], metric: str, path: Path) -> None:
    """The columns that matter most, the first on top."""
    shown = list(losses.items())[:MOST_BARS][::-1]
    figure = Figure(figsize=(7, 1.2 + 0.28 * len(shown)), layout="constrained")
    axes = figure.subplots()
    axes.barh([name for name, _ in shown], [loss for _, loss in shown], color="#3b6ea5")
    axes.set(xlabel=f"loss of {metric} when the column is shuffled", title="What the model looks at")
    figure.savefig(path, dpi=110)
