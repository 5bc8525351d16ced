"""Every version that Telar trained, scored on the same held-out rows, and the best of them put before the gate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from telar.adapters.model_registry.registry import ModelVersion
from telar.adapters.onnx_model import OnnxModel
from telar.adapters.warehouse import batches, windows
from telar.domain.contract import Contract
from telar.domain.decisions import Decision
from telar.domain.errors import DataError, NoModel, NotServable
from telar.domain.metrics import gain
from telar.domain.use_case import UseCase
from telar.pipeline.context import Context
from telar.pipeline.gate import held_out_rows
from telar.pipeline.production import contract_of, forget_versions, parity_of, version_files, versions_in_use
from telar.pipeline.promote import promote
from telar.pipeline.reconcile import reconcile
from telar.pipeline.training.evaluate import evaluate


@dataclass(frozen=True)
class Standing:
    """One registered version: every metric of the task on the rows, or why it was left out."""

    version: str
    registered_at: datetime
    metrics: Mapping[str, float] = field(default_factory=dict)
    excluded: str | None = None


@dataclass(frozen=True)
class Standings:
    """All versions on the ``rows`` held-out rows of the cycle up to that batch; ``best`` is one of them."""

    batch_id: int
    rows: int
    production: str | None
    versions: tuple[Standing, ...]
    best: str


def score_versions(context: Context, run_id: str) -> Standings:
    """Scores every registered version that may be served, the oldest first; changes nothing but an outdated ledger.

    Raises:
        NoModel: nothing is registered, or no version can be scored.
        DataError: the present cycle has no held-out row yet.
    """
    holder = reconcile(context, run_id)
    production = holder.version if holder else None
    found = context.registry.versions(context.name)
    if not found:
        raise NoModel(f"{context.name} has no registered version yet; run `telar run {context.name}` or its DAG")
    batch_id, rows = _rows(context)
    standings = []
    for version in found:
        with versions_in_use(context):
            standings.append(_standing(context, version, rows))
        forget_versions(context, {production})  # a registry of years would fill the disk
    return Standings(batch_id, len(rows), production, tuple(standings), _best(context.use_case, standings, production))


def promote_best(context: Context, standings: Standings, run_id: str) -> Decision | None:
    """The gate's decision on the best version, which it promotes or not; None where that is in production already.

    Raises:
        PromotionConflict: the alias moved in the last moment; run it again.
    """
    if standings.best == standings.production:
        return None
    return promote(context, standings.batch_id, standings.best, run_id)


def _rows(context: Context) -> tuple[int, pd.DataFrame]:
    cycle = windows.current_cycle(context.warehouse, *context.feed)
    batch = batches.newest(context.warehouse, *context.feed, cycle)
    rows = held_out_rows(context, batch.id) if batch else pd.DataFrame()
    if batch is None or rows.empty:
        raise DataError(
            f"{context.name} has no held-out rows in cycle {cycle} to compare on; fetch and prepare a batch"
        )
    return batch.id, rows


def _standing(context: Context, version: ModelVersion, rows: pd.DataFrame) -> Standing:
    try:
        metrics = _metrics(context, version.version, rows)
    except NotServable as error:
        return Standing(version.version, version.created_at, excluded=str(error))
    primary = context.use_case.primary_metric
    told = None if primary in metrics else f"its {primary} is not defined by these rows"
    return Standing(version.version, version.created_at, metrics, told)


def _metrics(context: Context, version: str, rows: pd.DataFrame) -> dict[str, float]:
    """Raises NotServable where the version cannot be served, or knows other columns than the definition."""
    context.registry.check_servable(context.name, version)
    folder = version_files(context, version)
    contract = contract_of(folder)
    parity_of(folder)
    if odd := _other_columns(context.use_case, contract):
        raise NotServable(odd)
    scores = OnnxModel.load(folder, contract).run({each.name: rows[each.name].tolist() for each in contract.columns})
    return evaluate(contract, rows[contract.target.name], scores)


def _other_columns(use_case: UseCase, contract: Contract) -> str | None:
    """How the version differs from the present definition in what it reads and answers; None where it does not."""
    theirs = {column.name: column.kind for column in contract.columns}
    ours = {column.name: column.kind for column in use_case.columns}
    told = [
        _listed("it reads", "that the definition no longer has", set(theirs) - set(ours)),
        _listed("it does not know", "of the definition", set(ours) - set(theirs)),
        _listed("it takes", "for another kind", {name for name in {*theirs} & {*ours} if theirs[name] != ours[name]}),
    ]
    if (contract.task, contract.target.name) != (use_case.task, use_case.target.name):
        told.append(f"it predicts {contract.target.name}")
    elif unknown := set(contract.trained_classes) - set(use_case.target.values):
        told.append(_listed("it knows the classes", "that the definition no longer has", unknown))
    found = [each for each in told if each]
    return f"it is of another definition: {', and '.join(found)}" if found else None


def _listed(before: str, after: str, names: set[str]) -> str:
    return f"{before} {', '.join(sorted(names))} {after}" if names else ""


def _best(use_case: UseCase, standings: list[Standing], production: str | None) -> str:
    """The version with the best primary metric; of equals the one in production, then the newest."""
    scored = [each for each in standings if each.excluded is None]
    if not scored:
        told = "; ".join(f"version {each.version}: {each.excluded}" for each in standings)
        raise NoModel(f"no version of {use_case.name} can be compared: {told}")
    metric = use_case.primary_metric
    return max(
        reversed(scored), key=lambda each: (gain(metric, each.metrics[metric], 0.0), each.version == production)
    ).version
