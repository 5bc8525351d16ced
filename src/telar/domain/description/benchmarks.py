"""What a use case must reach on its published rows."""

from telar.domain.description.contenders import contenders_table
from telar.domain.description.wording import table
from telar.domain.metrics import GREATER_IS_BETTER, IN_WORDS
from telar.domain.use_case import UseCase
from telar.domain.wording import figure


def benchmark_text(use_case: UseCase) -> str:
    """The goal, what is trained for it and what others report; empty where there is no benchmark."""
    goal = use_case.benchmark
    if goal is None:
        return ""
    side = "at least" if GREATER_IS_BETTER[goal.metric] else "at most"
    splits = "one split" if goal.splits == 1 else f"{goal.splits} splits"
    groups = ", whole groups held out together" if use_case.partition_key else ""
    told = (
        f"On all published rows, {splits} with a fifth held out{groups}: {IN_WORDS[goal.metric]} {side} "
        f"{figure(goal.at_least)}, within {figure(goal.minutes)} minutes on two cores, as a model of at most"
        f" {figure(goal.megabytes)} MB (`make bench data=FOLDER`)."
    )
    rows = [(each.what, figure(each.value)) for each in goal.published]
    published = f"\n\n{table(('Published', IN_WORDS[goal.metric]), rows)}" if rows else ""
    return f"{told}\n\n{contenders_table(goal.candidates, goal.averages)}{published}"
