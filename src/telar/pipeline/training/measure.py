"""What the gate and the model card say of a compiled model: its metrics, its speed, and what it looks at."""

import time
from statistics import median

import numpy as np
import pandas as pd

from telar.adapters.onnx_model import OnnxModel, Scores
from telar.domain.contract import Contract
from telar.domain.metrics import gain
from telar.pipeline.training.evaluate import evaluate, score
from telar.pipeline.training.rows import Part, Prepared
from telar.pipeline.training.search import SEED

MOST_TRAIN_ROWS = 20_000
IMPORTANCE_ROWS = 1_000
SHUFFLES = 3
TIMED_RUNS = 100


def measure(model: OnnxModel, prepared: Prepared) -> dict[str, float]:
    """Every metric, as MLflow names it, on train (at most 20,000 rows of it), validation and test rows."""
    parts = {"train": prepared.train, "validation": prepared.validation, "test": prepared.test}
    metrics: dict[str, float] = {}
    for name, part in parts.items():
        most = MOST_TRAIN_ROWS if name == "train" else len(part.rows)
        scores = run(model, prepared.contract, part.rows.iloc[:most])
        figures = evaluate(prepared.contract, part.target.iloc[:most], scores)
        metrics |= {f"{name}_{metric}": value for metric, value in figures.items()}
    return metrics


def run(model: OnnxModel, contract: Contract, rows: pd.DataFrame) -> Scores:
    """The scores of typed rows."""
    return model.run({column.name: rows[column.name].to_numpy() for column in contract.columns})


def latency_milliseconds(model: OnnxModel, contract: Contract) -> float:
    """The median time of one row, the contract's example, on one thread."""
    example = {column.name: [contract.example.get(column.name)] for column in contract.columns}
    taken = []
    for _ in range(TIMED_RUNS):
        start = time.perf_counter()
        model.run(example)
        taken.append(time.perf_counter() - start)
    return median(taken) * 1000


def importance(model: OnnxModel, contract: Contract, part: Part, metric: str) -> dict[str, float]:
    """How much of ``metric`` is lost when one column's values are shuffled, most important first.

    The mean of 3 shuffles of at most 1,000 rows; about 0 or below: the model does without that column. 0, too, where
    these rows do not define the metric.
    """
    rows, target = part.rows.iloc[:IMPORTANCE_ROWS], part.target.iloc[:IMPORTANCE_ROWS]
    random = np.random.default_rng(SEED)
    intact = score(metric, contract, target, run(model, contract, rows))
    losses = {}
    for column in contract.columns:
        shuffled = [rows.assign(**{column.name: _shuffled(rows[column.name], random)}) for _ in range(SHUFFLES)]
        scores = [score(metric, contract, target, run(model, contract, each)) for each in shuffled]
        losses[column.name] = float(np.nan_to_num(np.mean([gain(metric, intact, each) for each in scores])))
    return dict(sorted(losses.items(), key=lambda each: -each[1]))


def _shuffled(values: pd.Series, random: np.random.Generator) -> pd.Series:
    return pd.Series(values.to_numpy()[random.permutation(len(values))], index=values.index, dtype=values.dtype)
