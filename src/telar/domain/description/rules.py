"""The rules of a use case in sentences: when a batch is refused, when a model is trained, what it must show."""

from telar.domain.description.wording import bullets
from telar.domain.metrics import GREATER_IS_BETTER, IN_WORDS
from telar.domain.rules import Guard
from telar.domain.use_case import UseCase
from telar.domain.wording import figure, percent


def quality_rules(use_case: UseCase) -> str:
    """When a batch is refused as a whole."""
    rules = use_case.quality
    return (
        f"A batch is refused as a whole, and kept raw, with fewer than {rules.min_rows:,} rows, a missing or retyped "
        f"column, over {percent(rules.max_duplicate_share)} repeated rows, or, in a column, over "
        f"{percent(rules.max_null_share)} missing (where none may be), {percent(rules.max_unreadable_share)} "
        f"unreadable or {percent(rules.max_out_of_range_share)} values beyond the limits."
    )


def training_rules(use_case: UseCase) -> str:
    """When a batch is reason enough to train."""
    rules = use_case.drift
    change = f"changed by over {percent(rules.batch_change)} since the batch before"
    reasons = (
        f"its mean, standard deviation, median or 75 % quantile {change}",
        f"its population stability index against the rows of production is above {figure(rules.max_psi)}",
        f"its normalised Wasserstein distance from them is above {figure(rules.max_wasserstein)}",
        f"over {percent(rules.max_new_category_share)} of its values are words that production never saw",
    )
    return (
        f"Where none is in production, where it is forced, or where at least {rules.min_new_rows:,} new rows are "
        "pending and any of these holds for a column or the target:\n\n"
        + bullets(reasons)
        + "\n\nIdentifiers are left out. A batch that gives no reason stays pending, and its rows count for the next "
        "decision."
    )


def gate_rules(use_case: UseCase) -> str:
    """What a challenger must show against production, and a first model by itself."""
    rules, metric = use_case.gate, IN_WORDS[use_case.primary_metric]
    margin = ""
    if rules.min_gain:
        margin = f" by at least {_amount(rules.min_gain, rules.relative_gain)}"
    demands = (
        f"{metric} better{margin}, and its bootstrap interval without a loss",
        *(_guard_text(guard) for guard in rules.guards),
        _parity(use_case),
        f"at most {rules.max_model_megabytes:g} MB, and {rules.max_latency_milliseconds:g} ms for one row",
    )
    side = "at least" if GREATER_IS_BETTER[use_case.primary_metric] else "at most"
    return (
        "On the same held-out rows as the model in production:\n\n"
        + bullets(demands)
        + f"\n\nA first model, with nothing to compare it with, needs a {metric} of {side} {figure(rules.floor)}."
    )


def _parity(use_case: UseCase) -> str:
    rules = use_case.gate
    limit = rules.max_probability_difference
    if use_case.task == "regression":
        return f"ONNX and scikit-learn differ by at most {percent(limit)} of the value (of 1 where it is smaller)"
    labels = percent(rules.min_label_parity)
    return f"ONNX and scikit-learn agree on {labels} of the labels, and on the scores within {limit:g}"


def _guard_text(guard: Guard) -> str:
    if not guard.tolerance:
        return f"{IN_WORDS[guard.metric]} not worse"
    return f"{IN_WORDS[guard.metric]} worse by at most {_amount(guard.tolerance, guard.relative)}"


def _amount(rule: float, relative: bool) -> str:
    return f"{percent(rule)} of production's" if relative else figure(rule)
