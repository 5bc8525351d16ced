"""From the stored batch to clean rows, a report on what was found, and the two comparisons."""

from datetime import UTC, datetime
from functools import partial

import pandas as pd

from telar.adapters.warehouse import batches, clean, comparisons, raw
from telar.domain.base import Value
from telar.domain.decisions import Check
from telar.domain.drift import Change, Shift
from telar.domain.errors import DataError
from telar.domain.lifecycle import BatchStatus
from telar.domain.partitions import partition_of
from telar.domain.profile import Profile
from telar.domain.quality import QualityReport, check_quality, refusal
from telar.pipeline.cleaning import PARTITION, clean_rows
from telar.pipeline.compare import Comparison, Production, against_previous, against_production, production_of
from telar.pipeline.context import Context
from telar.pipeline.failpoints import reach
from telar.pipeline.inspection import inspect
from telar.pipeline.partitions import TRAIN
from telar.pipeline.profiling import profile
from telar.pipeline.reading import read_types


class Validations(Value):
    """What `ops.batches.validations` holds: what was found, each quality rule with its value, why it was refused."""

    report: QualityReport
    checks: tuple[Check, ...]
    refused: str | None


class PrepareReport(Value):
    """How a batch came out; ``validations.refused`` says why it may not be used, None where it may."""

    batch_id: int
    clean_rows: int
    train_rows: int
    validations: Validations


def prepare(context: Context, batch_id: int) -> PrepareReport:
    """Reports on the batch and, unless a quality rule refuses it, stores its clean rows and compares them.

    Nothing about the data makes this fail; run again, it writes the same again. The batches of the other parts of a
    source that was split are prepared first, once.

    Raises:
        DataError: the batch was cleared with a former cycle.
    """
    clean.ensure(context.warehouse, context.use_case, partial(clean_rows, context.use_case), _reach)
    for other in batches.held_out(context.warehouse, batch_id):
        if other.status == BatchStatus.STORED:
            refused = _prepare(context, other.id).validations.refused
            told = refused or f"held out: {partition_of(other.source)} rows, on which no model is trained"
            batches.update(context.warehouse, other.id, reason=told, finished_at=datetime.now(UTC))
    return _prepare(context, batch_id)


def _prepare(context: Context, batch_id: int) -> PrepareReport:
    batch = batches.get(context.warehouse, batch_id)
    if batch.status == BatchStatus.CLEARED:
        raise DataError(
            f"batch {batch_id} was cleared with its cycle ({batch.cycle}) when the source began again, and what it was "
            "trained with is gone: start a new run"
        )
    received = raw.read(context.warehouse, context.use_case, batch_id)
    production = production_of(context)
    validations = _validate(context, batch, received, production)
    if validations.refused:
        return _refuse(context, batch_id, validations)
    rows = clean_rows(context.use_case, received)
    del received  # else a large batch is held three times while its clean rows are stored
    if rows.empty:
        return _refuse(context, batch_id, validations.model_copy(update={"refused": "cleaning left no row"}))
    return _accept(context, batch_id, rows, validations, production)


def _reach(place: str) -> None:
    reach(f"prepare.{place}")


def _validate(context: Context, batch: batches.BatchRow, received: pd.DataFrame, production: Production) -> Validations:
    previous = batches.previous(context.warehouse, batch.id)
    report = inspect(
        context.use_case,
        read_types(context.use_case, received),
        batch.schema_received,
        production.profile,
        previous.total_records if previous else None,
    )
    checks = check_quality(report, context.use_case.quality)
    return Validations(report=report, checks=checks, refused=refusal(checks))


def _accept(
    context: Context, batch_id: int, rows: pd.DataFrame, validations: Validations, production: Production
) -> PrepareReport:
    train_rows = int((rows[PARTITION] == TRAIN).sum())
    current = profile(rows, context.use_case.columns, context.use_case.target)
    reach("prepare.before_store")
    clean.store(context.warehouse, context.use_case, batch_id, rows)
    reach("prepare.after_store")
    _compare(context, batch_id, rows, current, production)
    reach("prepare.after_comparisons")
    batches.update(
        context.warehouse,
        batch_id,
        status=BatchStatus.PREPARED,
        validations=validations.model_dump(mode="json"),
        new_categories=validations.report.new_categories,
        profile=current.model_dump(mode="json"),
        clean_rows=len(rows),
        train_rows=train_rows,
    )
    return PrepareReport(batch_id=batch_id, clean_rows=len(rows), train_rows=train_rows, validations=validations)


def _refuse(context: Context, batch_id: int, validations: Validations) -> PrepareReport:
    batches.update(
        context.warehouse,
        batch_id,
        status=BatchStatus.REFUSED,
        validations=validations.model_dump(mode="json"),
        new_categories=validations.report.new_categories,
        clean_rows=0,
        train_rows=0,
        reason=validations.refused,
    )
    return PrepareReport(batch_id=batch_id, clean_rows=0, train_rows=0, validations=validations)


def _compare(context: Context, batch_id: int, rows: pd.DataFrame, current: Profile, production: Production) -> None:
    _record_once(context, batch_id, "previous", against_previous(context, batch_id, current))
    _record_once(context, batch_id, "production", against_production(context, rows, production))


def _record_once(
    context: Context, batch_id: int, kind: comparisons.Kind, found: Comparison[Change] | Comparison[Shift]
) -> None:
    """A batch that is prepared again, and compares the same, gets no second line."""
    known = comparisons.latest(context.warehouse, batch_id, kind)
    figures = [figure.model_dump(mode="json") for figure in found.figures]
    if known is None or (known.reference, known.figures) != (found.reference, figures):
        comparisons.record(context.warehouse, batch_id, kind, found.reference, found.figures)
