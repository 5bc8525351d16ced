"""The metrics that may be named by a use case, which way each is better, and what people call it."""

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

IN_WORDS: dict[str, str] = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "log_loss": "log loss",
    "roc_auc": "ROC AUC",
    "recall": "recall",
    "brier": "Brier score",
    "mae": "mean absolute error",
    "rmse": "root mean squared error",
    "median_absolute_percentage_error": "median absolute percentage error",
    "r2": "R²",
}


def gain(metric: str, challenger: float, production: float) -> float:
    """How much better the challenger is, in the metric's own unit; negative when it is worse."""
    return challenger - production if GREATER_IS_BETTER[metric] else production - challenger
