"""The files of a training's run: plots, per-class report, importance, candidates, reason, batches, packages."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import classification_report, confusion_matrix

from telar.adapters.onnx_model import Scores
from telar.domain.contract import Contract
from telar.domain.use_case import UseCase
from telar.pipeline.explanation import Explained
from telar.pipeline.explanation.files import write_explanation
from telar.pipeline.training.choice import Chosen
from telar.pipeline.training.code_version import package_versions
from telar.pipeline.training.plots import confusion_plot, error_plot, importance_plot
from telar.pipeline.training.rows import Part
from telar.pipeline.training.search import Contender
from telar.pipeline.training.values import TrainingReason, TrainingRows


@dataclass(frozen=True)
class Story:
    """Everything there is to tell of one training."""

    use_case: UseCase
    contract: Contract
    rows: TrainingRows
    why: TrainingReason
    contenders: list[Contender]
    chosen: Chosen
    left_out: dict[str, int]
    metrics: dict[str, float]
    importance: dict[str, float]
    explained: Explained


def write_report(folder: Path, story: Story, test: Part, scores: Scores) -> None:
    """Writes every file but the model card below ``folder``, which must exist."""
    if story.contract.task == "classification":
        _write_classes(folder, story.contract, test, scores)
    else:
        error_plot(
            test.target.to_numpy(dtype=np.float64), scores.values, story.contract.target.unit, folder / "errors.png"
        )
    importance_plot(story.importance, story.use_case.primary_metric, folder / "feature_importance.png")
    _write(folder / "feature_importance.json", story.importance)
    write_explanation(folder, story.explained)
    _write(folder / "candidates.json", [_told(each, story) for each in story.contenders])
    _write(folder / "reason.json", {"reason": story.why.reason, "figures": dict(story.why.figures)})
    _write(folder / "batches.json", list(story.rows.batches))
    _write(folder / "packages.json", package_versions())


def per_class(contract: Contract, target: pd.Series, scores: Scores) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and rows of each class that is true or predicted, by its value; empty for a regression."""
    if contract.task == "regression":
        return {}
    truth, said, values = _spoken(contract, target, scores)
    report = classification_report(truth, said, labels=values, output_dict=True, zero_division=0.0)
    return {value: report[value] for value in values}


def _write_classes(folder: Path, contract: Contract, test: Part, scores: Scores) -> None:
    truth, said, values = _spoken(contract, test.target, scores)
    labels = [contract.target.label_of(value) for value in values]
    matrix = confusion_matrix(truth, said, labels=values)
    confusion_plot(matrix, labels, folder / "confusion_matrix.png")
    _write(folder / "confusion_matrix.json", {"classes": values, "rows_true_columns_predicted": matrix.tolist()})
    _write(folder / "per_class.json", per_class(contract, test.target, scores))
    words = classification_report(truth, said, labels=values, target_names=labels, zero_division=0.0, digits=3)
    (folder / "per_class.txt").write_text(words)


def _spoken(contract: Contract, target: pd.Series, scores: Scores) -> tuple[list[str], list[str], list[str]]:
    """True and predicted values, and all that occur in either or were trained, in the definition's order."""
    said = [contract.trained_classes[label] for label in scores.labels]
    truth = [str(value) for value in target]
    occur = {*truth, *said, *contract.trained_classes}
    return truth, said, [value for value in contract.target.values if value in occur]


def _told(contender: Contender, story: Story) -> dict[str, Any]:
    name = contender.best.candidate.name
    return {
        "candidate": name,
        "estimator": contender.best.candidate.estimator,
        "chosen": contender is story.chosen.contender,
        "finding": story.chosen.findings.get(name),
        "rows": contender.best.rows,
        "best_parameters": contender.best.parameters,
        "validation": contender.best.metrics,
        "fit_seconds": contender.seconds,
        "draws": [{"parameters": drawn, story.use_case.primary_metric: value} for drawn, value in contender.scores],
    }


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, default=str))
