"""What an explanation leaves in MLflow: pictures and figures beside the run's other files."""

import json
from pathlib import Path

from telar.pipeline.explanation.explained import Explained
from telar.pipeline.explanation.plots import bar_plot, dependence_plot, summary_plot

SUMMARY_PLOT, BAR_PLOT, DEPENDENCE_PLOT = "shap_summary.png", "shap_bar.png", "shap_dependence.png"
IMPORTANCE_FILE = "shap.json"


def write_explanation(folder: Path, explained: Explained) -> None:
    """Write the three plots and the mean of |SHAP| by column into the existing folder."""
    summary_plot(explained, folder / SUMMARY_PLOT)
    bar_plot(explained, folder / BAR_PLOT)
    dependence_plot(explained, folder / DEPENDENCE_PLOT)
    (folder / IMPORTANCE_FILE).write_text(json.dumps(explained.importance, indent=1))
