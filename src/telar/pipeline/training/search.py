"""The search: every draw of every candidate is fitted on train rows and scored on validation rows."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy import stats
from sklearn.model_selection import ParameterSampler
from sklearn.pipeline import Pipeline

from telar.adapters.onnx_model import Scores
from telar.domain.candidates import Average, Candidate, Choice, Integer, Range
from telar.domain.contract import Contract
from telar.domain.errors import DataError
from telar.domain.metrics import gain
from telar.domain.use_case import UseCase
from telar.pipeline.features import build_pipeline
from telar.pipeline.training.averaging import average_pipeline
from telar.pipeline.training.evaluate import evaluate
from telar.pipeline.training.fitting import fit
from telar.pipeline.training.quiet import quiet
from telar.pipeline.training.rows import Part, Prepared, capped
from telar.pipeline.training.threads import one_thread

SEED = 20_261_121
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fitted:
    """One draw of one candidate: its parameters, the Pipeline fitted on ``rows`` train rows, and what it is worth.

    ``metrics`` are those of the validation rows; ``seconds`` is the time of the fit.
    """

    candidate: Candidate
    parameters: dict[str, Any]
    pipeline: Pipeline
    rows: int
    metrics: dict[str, float]
    seconds: float


@dataclass(frozen=True)
class Contender:
    """A candidate with its best draw and the time that all its draws took to fit."""

    best: Fitted
    seconds: float
    scores: tuple[tuple[dict[str, Any], float], ...]


def draws(candidate: Candidate) -> list[dict[str, Any]]:
    """The parameters that the search tries; one empty draw where there is nothing to search."""
    if not candidate.search or not candidate.iterations:
        return [{}]
    space = {name: _distribution(each) for name, each in candidate.search.items()}
    drawn = {repr(each): each for each in ParameterSampler(space, _most(candidate), random_state=SEED)}
    return [{name: _plain(value) for name, value in each.items()} for each in drawn.values()]


def search(use_case: UseCase, prepared: Prepared, jobs: int) -> list[Contender]:
    """Each candidate with the draw that does best in the primary metric, then the averages of these.

    ``jobs`` draws are fitted at once. The same rows give the same models whatever ``jobs`` is: every fit runs on one
    thread, from a fixed seed.

    Raises:
        DataError: the validation rows do not define the primary metric.
    """
    tasks = [(candidate, each) for candidate in use_case.candidates for each in draws(candidate)]
    found: dict[str, list[Fitted]] = {}
    with quiet(), one_thread():
        for fitted in _fit_all(use_case, prepared, tasks, jobs):
            _log.info("%s: %s", use_case.name, _told(fitted, use_case.primary_metric))
            found.setdefault(fitted.candidate.name, []).append(fitted)
        contenders = [_contender(each, use_case.primary_metric) for each in found.values()]
        averages = [_averaged(use_case, prepared, each, contenders) for each in use_case.averages]
    return [*contenders, *averages]


def _fit_all(
    use_case: UseCase,
    prepared: Prepared,
    tasks: list[tuple[Candidate, dict[str, Any]]],
    jobs: int,
) -> Iterator[Fitted]:
    work = (delayed(_fit)(use_case, prepared, candidate, each) for candidate, each in tasks)
    fitted: Iterator[Fitted] = Parallel(n_jobs=jobs, backend="threading", return_as="generator")(work)
    return fitted


def _fit(
    use_case: UseCase,
    prepared: Prepared,
    candidate: Candidate,
    parameters: dict[str, Any],
) -> Fitted:
    train = prepared.train
    target = prepared.encoded(train)
    places = capped(target, candidate.row_cap, use_case.task == "classification", SEED)
    pipeline = build_pipeline(use_case, candidate, parameters, SEED)
    with one_thread():
        start = time.perf_counter()
        fit(pipeline, candidate, train.inputs.iloc[places], target[places])
        seconds = time.perf_counter() - start
        scores = said(pipeline, prepared.contract, prepared.validation)
    metrics = _metrics(use_case, prepared, scores)
    return Fitted(candidate, parameters, pipeline, len(places), metrics, seconds)


def _metrics(use_case: UseCase, prepared: Prepared, scores: Scores) -> dict[str, float]:
    metrics = evaluate(prepared.contract, prepared.validation.target, scores)
    if use_case.primary_metric not in metrics:
        raise DataError(
            f"{use_case.name}: the {len(prepared.validation.rows)} validation rows do not define "
            f"{use_case.primary_metric}, they are too much alike; wait for more batches"
        )
    return metrics


def _averaged(use_case: UseCase, prepared: Prepared, average: Average, contenders: list[Contender]) -> Contender:
    """The mean of its members' best draws; no time goes into fitting it."""
    best = {each.best.candidate.name: each.best for each in contenders}
    members = {name: best[name].pipeline for name in average.members}
    pipeline = average_pipeline(members, len(prepared.contract.trained_classes), prepared.train.inputs)
    metrics = _metrics(use_case, prepared, said(pipeline, prepared.contract, prepared.validation))
    estimator = type(pipeline.steps[-1][1])
    candidate = Candidate(
        name=average.name,
        estimator=f"{estimator.__module__}.{estimator.__name__}",
        parameters={"members": list(average.members)},
    )
    rows = max(best[name].rows for name in average.members)
    made = Fitted(candidate, {}, pipeline, rows, metrics, 0.0)
    _log.info("%s: %s", use_case.name, _told(made, use_case.primary_metric))
    return Contender(made, 0.0, (({}, metrics[use_case.primary_metric]),))


def said(pipeline: Pipeline, contract: Contract, part: Part) -> Scores:
    """What a fitted Pipeline says of a partition, in the form of the compiled models."""
    if contract.task == "regression":
        return Scores([], np.empty((len(part.inputs), 0), np.float32), pipeline.predict(part.inputs).astype(np.float64))
    probabilities = pipeline.predict_proba(part.inputs)
    return Scores(probabilities.argmax(axis=1).tolist(), probabilities, np.empty(0))


def _contender(fitted: list[Fitted], metric: str) -> Contender:
    best = fitted[0]
    for each in fitted[1:]:
        best = each if gain(metric, each.metrics[metric], best.metrics[metric]) > 0 else best
    return Contender(
        best, sum(each.seconds for each in fitted), tuple((each.parameters, each.metrics[metric]) for each in fitted)
    )


def _told(fitted: Fitted, metric: str) -> str:
    value = fitted.metrics[metric]
    return (
        f"candidate {fitted.candidate.name} {fitted.parameters or ''} fitted {fitted.rows} rows in "
        f"{fitted.seconds:.1f} s, validation {metric} {value:.4f}"
    )


def _distribution(each: Range) -> Any:  # noqa: ANN401 # a scipy distribution, or a list
    if isinstance(each, Choice):
        return list(each.values)
    if isinstance(each, Integer):
        return stats.randint(each.low, each.high + 1)
    return stats.loguniform(each.low, each.high) if each.log else stats.uniform(each.low, each.high - each.low)


def _most(candidate: Candidate) -> int:
    """The iterations, or the number of combinations where there are fewer."""
    ranges = candidate.search.values()
    if not all(isinstance(each, Choice) for each in ranges):
        return candidate.iterations
    combinations = int(np.prod([len(each.values) for each in ranges if isinstance(each, Choice)]))
    return min(candidate.iterations, combinations)


def _plain(value: Any) -> Any:  # noqa: ANN401 # whatever the search space holds
    return value.item() if isinstance(value, np.generic) else value
