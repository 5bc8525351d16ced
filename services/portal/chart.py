"""The probabilities of a prediction as a bar chart, the highest on top, each with its figure."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

BAR_PIXELS = 34
LABEL_PIXELS = 190
STRONG, WEAK = "#1f6f6b", "#b9cfcb"


def probability_chart(probabilities: Mapping[str, float]) -> alt.LayerChart:
    """A horizontal bar for each class label; the shares in 0..1 are shown in per cent."""
    best = max(probabilities.values(), default=0.0)
    frame = pd.DataFrame(
        {
            "Class": list(probabilities),
            "Probability": list(probabilities.values()),
            "Percent": [f"{share:.1%}" for share in probabilities.values()],
            "Best": [share == best for share in probabilities.values()],
        }
    )
    base = alt.Chart(frame).encode(
        x=alt.X("Probability:Q", scale=alt.Scale(domain=[0, 1]), axis=None),
        y=alt.Y("Class:N", sort=None, title=None, axis=alt.Axis(labelLimit=LABEL_PIXELS, ticks=False, domain=False)),
    )
    bars = base.mark_bar(cornerRadiusEnd=3, height={"band": 0.62}).encode(
        color=alt.condition("datum.Best", alt.value(STRONG), alt.value(WEAK)),
        tooltip=["Class:N", alt.Tooltip("Probability:Q", format=".4%")],
    )
    figures = base.mark_text(align="left", dx=5).encode(text="Percent:N")
    chart: alt.LayerChart = (bars + figures).properties(height=BAR_PIXELS * len(frame)).configure_view(stroke=None)
    return chart
