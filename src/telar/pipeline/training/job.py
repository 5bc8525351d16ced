"""One training from rows to a registered version."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from telar.adapters.model_registry.registry import ModelRegistry
from telar.adapters.model_registry.run_record import RunRecord
from telar.adapters.onnx_model import OnnxModel
from telar.domain.contract import Contract
from telar.domain.promotion import Parity
from telar.domain.use_case import UseCase
from telar.pipeline.explanation import Explained, affordable, explain, rows_to_explain
from telar.pipeline.profiling import profile
from telar.pipeline.training import labels
from telar.pipeline.training.card import model_card
from telar.pipeline.training.choice import choose
from telar.pipeline.training.compile import compile_onnx
from telar.pipeline.training.convertible import check_convertible
from telar.pipeline.training.measure import importance, latency_milliseconds, measure, run
from telar.pipeline.training.package import CARD_FILE, write_model
from telar.pipeline.training.parity import check_parity
from telar.pipeline.training.quiet import quiet
from telar.pipeline.training.report import Story, per_class, write_report
from telar.pipeline.training.rows import Prepared, prepare_rows
from telar.pipeline.training.search import search
from telar.pipeline.training.threads import one_thread
from telar.pipeline.training.values import Trained, TrainingReason, TrainingRows

_log = logging.getLogger(__name__)


@one_thread()
def train(
    use_case: UseCase, rows: TrainingRows, registry: ModelRegistry, why: TrainingReason, work: Path, jobs: int
) -> Trained:
    """Searches, fits, compiles, compares, evaluates and registers; ``work`` holds the files meanwhile.

    A version that the same code made of the same rows for the same batch is returned, not made again.

    Raises:
        DataError: the rows cannot be trained on.
        NotConvertible: a candidate has no ONNX form; found out before the search.
        ParityFailed: the compiled model disagrees; nothing is logged or registered.
        RegistryError: MLflow is away or refuses.
    """
    known = registry.find(use_case.name, labels.identity(use_case, rows, why))
    if known:
        _log.info("%s: version %s was made of these rows by this code already", use_case.name, known.version)
        return labels.trained(known, registry.metrics(known.run_id))
    started_at = datetime.now(UTC)
    prepared = prepare_rows(use_case, rows)
    with _timed(use_case, "check that every candidate can be compiled"):
        check_convertible(use_case, prepared)
    with _timed(use_case, "search"):
        contenders = search(use_case, prepared, jobs)
    chosen = choose(use_case, contenders)
    best = chosen.contender.best
    with _timed(use_case, f"compile {best.candidate.name}"):
        compiled = compile_onnx(best.pipeline, prepared.contract)
    with _timed(use_case, "parity"):
        parity = check_parity(best.pipeline, compiled, prepared.test.rows, prepared.contract, use_case.gate)
    model = OnnxModel.load(compiled, prepared.contract)
    with _timed(use_case, "evaluation"):
        metrics = _metrics(model, prepared, parity, len(compiled))
        weights = importance(model, prepared.contract, prepared.validation, use_case.primary_metric)
    with _timed(use_case, "explanation"):
        moved = _explained(model, prepared.contract, prepared.test.rows)
    metrics |= labels.search_metrics(use_case, prepared, contenders)
    story = Story(
        use_case, prepared.contract, rows, why, contenders, chosen, prepared.left_out, metrics, weights, moved
    )
    work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=work, prefix="training-") as folder:
        record = _written(Path(folder), story, model, prepared, parity, compiled, started_at)
        with _timed(use_case, "registration"):
            made = registry.log_and_register(use_case.name, record)
    _log.info("%s: version %s is registered, %s", use_case.name, made.version, _praise(story))
    return labels.trained(made, metrics)


def _explained(model: OnnxModel, contract: Contract, rows: pd.DataFrame) -> Explained:
    return explain(model, contract, rows_to_explain(rows, contract, affordable(model, contract, rows)))


def _metrics(model: OnnxModel, prepared: Prepared, parity: Parity, size: int) -> dict[str, float]:
    return {
        **measure(model, prepared),
        **labels.parity_metrics(parity),
        "model_megabytes": size / 1e6,
        "latency_milliseconds": latency_milliseconds(model, prepared.contract),
    }


def _written(
    folder: Path,
    story: Story,
    model: OnnxModel,
    prepared: Prepared,
    parity: Parity,
    compiled: bytes,
    started_at: datetime,
) -> RunRecord:
    """Every file of the run and of the version below ``folder``."""
    files, contract, test = folder / "run", prepared.contract, prepared.test
    files.mkdir()
    scores = run(model, contract, test.rows)
    with _timed(story.use_case, "report"):
        write_report(files, story, test, scores)
        card = model_card(story, parity, per_class(contract, test.target, scores))
        (files / CARD_FILE).write_text(card)
    with _timed(story.use_case, "model folder"), quiet():
        shape = profile(prepared.train.rows, contract.columns, contract.target)
        write_model(folder / "model", compiled, story.chosen.contender.best.pipeline, contract, shape, parity)
        (folder / "model" / CARD_FILE).write_text(card)
        story.explained.of.save(folder / "model")
    return RunRecord(
        name=f"batch {story.why.batch_id}",
        parameters=labels.parameters(story),
        metrics=story.metrics,
        tags=labels.version_tags(story, parity),
        files=files,
        model=folder / "model",
        description=card,
        started_at=started_at,
        run_tags=labels.run_tags(story),
    )


def _praise(story: Story) -> str:
    metric = f"test_{story.use_case.primary_metric}"
    return f"{metric} {story.metrics.get(metric, float('nan')):.4f}"


@contextmanager
def _timed(use_case: UseCase, step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    _log.info("%s: %s took %.1f s", use_case.name, step, time.perf_counter() - start)
