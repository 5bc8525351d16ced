"""The metrics that may be named by a use case, and which way each is better."""

GREATER_IS_BETTER: dict[str, bool] = {
    "accuracy": True,
    "macro_f1": True,
    "log_loss": False,
    "roc_auc": True,
    "recall": True,
    "brier": False,
    "mae": False,
    "rmse": False,
    "median_absolute_percentage_error": False,
    "r2": True,
}


def gain(metric: str, challenger: float, production: float) -> float:
    """How much better the challenger is, in the metric's own unit; negative when it is worse."""
    return challenger - production if GREATER_IS_BETTER[metric] else production - challenger
