"""Challenger against production: both scored anew on the same held-out rows, decided and recorded."""

import time
from pathlib import Path
from statistics import median
from typing import Literal

import pandas as pd

from telar.adapters.model_registry.registry import BATCH_TAG
from telar.adapters.onnx_model import FILE_NAME as ONNX_FILE
from telar.adapters.onnx_model import OnnxModel
from telar.adapters.warehouse import batches, clean, decisions
from telar.domain.contract import Contract
from telar.domain.decisions import Decision
from telar.domain.errors import NotServable
from telar.domain.promotion import GateFigures, decide_promotion
from telar.pipeline.context import Context
from telar.pipeline.decide import stored_decision
from telar.pipeline.failpoints import reach
from telar.pipeline.partitions import TEST
from telar.pipeline.production import contract_of, forget_versions, parity_of, version_files, versions_in_use
from telar.pipeline.train import cycle_so_far
from telar.pipeline.training.evaluate import Said, bootstrap_gain, evaluate

PROMOTE: Literal["promote"] = "promote"
TIMED_ROWS = 50
BYTES_PER_MEGABYTE = 1e6


def gate(context: Context, batch_id: int, version: str, run_id: str) -> Decision:
    """``promote`` or ``reject`` for that version, on the held-out rows of the cycle up to this batch.

    Where production was trained for a later batch, on those up to that one.

    Asked again by the same run, it answers the same while production is the one that was compared with, or is the
    challenger itself already.
    """
    holder = context.registry.production(context.name)
    production = holder.version if holder else None
    known = decisions.latest(context.warehouse, context.name, PROMOTE, batch_id, run_id)
    if known is not None and _still_holds(GateFigures.model_validate(known.figures), version, production):
        return stored_decision(known)
    with versions_in_use(context):
        figures = gather_figures(context, batch_id, version, production)
    forget_versions(context, {version, production})
    decision = decide_promotion(figures)
    decisions.record(context.warehouse, context.name, batch_id, run_id, PROMOTE, decision, figures)
    reach("gate.after_record")
    return decision


def last_verdict(context: Context, batch_id: int, run_id: str) -> GateFigures | None:
    """The figures of the newest gate of this run about this batch."""
    found = decisions.latest(context.warehouse, context.name, PROMOTE, batch_id, run_id)
    return GateFigures.model_validate(found.figures) if found else None


def _still_holds(known: GateFigures, version: str, production: str | None) -> bool:
    return known.challenger_version == version and production in (version, known.production_version)


def gather_figures(context: Context, batch_id: int, version: str, production: str | None) -> GateFigures:
    """Scores both models; a version in production that does not fit the rows is left out, and the figures say why."""
    folder = version_files(context, version)
    contract = contract_of(folder)
    rows = held_out_rows(context, _judged_up_to(context, batch_id, production))
    target = rows[context.use_case.target.name]
    challenger = _said(folder, contract, rows)
    theirs = _production_said(context, production, rows)
    incumbent = None if isinstance(theirs, str) else theirs
    primary = context.use_case.primary_metric
    measured = _measured(context, target, challenger)
    return GateFigures(
        primary_metric=primary,
        challenger_version=version,
        challenger=measured,
        production_version=production,
        production=_measured(context, target, incumbent) if incumbent else None,
        production_unscored=theirs if isinstance(theirs, str) else None,
        gain_interval=bootstrap_gain(primary, target, challenger, incumbent)
        if incumbent and primary in measured
        else None,
        rows=len(rows),
        parity=parity_of(folder),
        model_megabytes=(folder / ONNX_FILE).stat().st_size / BYTES_PER_MEGABYTE,
        latency_milliseconds=_latency(folder, contract, rows),
        rules=context.use_case.gate,
    )


def held_out_rows(context: Context, batch_id: int) -> pd.DataFrame:
    """The test rows of the batch's cycle, this batch's included and no later one's."""
    ids = cycle_so_far(context, batch_id)
    return clean.read(context.warehouse, context.use_case, partitions=[TEST], batch_ids=ids)


def _judged_up_to(context: Context, batch_id: int, production: str | None) -> int:
    """This batch, or the later one that production was trained for: a run that was held up undoes nothing."""
    trained_for = context.registry.version(context.name, production).tags.get(BATCH_TAG, "") if production else ""
    return batches.later_of(context.warehouse, batch_id, int(trained_for)) if trained_for.isdecimal() else batch_id


def _production_said(context: Context, version: str | None, rows: pd.DataFrame) -> Said | str | None:
    """What production says of the rows; why it cannot; None where nothing is in production."""
    if version is None:
        return None
    try:
        folder = version_files(context, version)
        contract = contract_of(folder)
        missing = [column.name for column in contract.columns if column.name not in rows.columns]
        if missing:
            return f"its columns {', '.join(missing)} are no longer collected"
        if unknown := set(contract.trained_classes) - set(context.use_case.target.values):
            return f"its classes {', '.join(sorted(unknown))} are no longer in the definition"
        return _said(folder, contract, rows)
    except NotServable as error:
        return str(error)


def _said(folder: Path, contract: Contract, rows: pd.DataFrame) -> Said:
    model = OnnxModel.load(folder, contract)
    return Said(contract, model.run({column.name: rows[column.name].tolist() for column in contract.columns}))


def _measured(context: Context, target: pd.Series, said: Said) -> dict[str, float]:
    wanted = {
        context.use_case.primary_metric,
        *context.use_case.guard_metrics,
        *(guard.metric for guard in context.use_case.gate.guards),
    }
    figures = evaluate(said.contract, target, said.scores)
    return {name: value for name, value in figures.items() if name in wanted}


def _latency(folder: Path, contract: Contract, rows: pd.DataFrame) -> float:
    """The median time of one row, in ms, on one thread."""
    model = OnnxModel.load(folder, contract)
    taken = []
    for place in range(TIMED_ROWS):
        row = rows.iloc[place % len(rows)]
        inputs = {column.name: [row[column.name]] for column in contract.columns}
        start = time.perf_counter()
        model.run(inputs)
        taken.append(time.perf_counter() - start)
    return median(taken) * 1_000
