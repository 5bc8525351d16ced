"""Whether this batch is a reason to train: its figures gathered, decided and recorded."""

from typing import Literal, TypeVar

from telar.adapters.warehouse import batches, comparisons, decisions
from telar.domain.decisions import Check, Decision, TrainingFigures, decide_training
from telar.domain.drift import Change, Shift
from telar.pipeline.context import Context
from telar.pipeline.failpoints import reach
from telar.pipeline.reconcile import reconcile

TRAIN: Literal["train"] = "train"
_Figures = TypeVar("_Figures", Change, Shift)


def decide(context: Context, batch_id: int, run_id: str, force: bool = False) -> Decision:
    """``train`` or ``skip``; a run that already decided about this batch gets the same answer again."""
    reconcile(context, run_id)
    decision = _known_decision(context, batch_id, run_id)
    if decision is None:
        figures = gather_figures(context, batch_id, force)
        decision = decide_training(figures)
        decisions.record(context.warehouse, context.name, batch_id, run_id, TRAIN, decision, figures)
        reach("decide.after_record")
    batches.update(context.warehouse, batch_id, decision=decision.choice, reason=decision.reason)
    return decision


def _known_decision(context: Context, batch_id: int, run_id: str) -> Decision | None:
    known = decisions.latest(context.warehouse, context.name, TRAIN, batch_id, run_id)
    return stored_decision(known) if known else None


def stored_decision(row: decisions.DecisionRow) -> Decision:
    """A decision as it was recorded."""
    checks = tuple(Check.model_validate(check) for check in row.checks)
    return Decision(choice=row.choice, reason=row.reason, checks=checks)


def gather_figures(context: Context, batch_id: int, force: bool) -> TrainingFigures:
    """All that the decision looks at, as the warehouse and the registry have it now."""
    batch = batches.get(context.warehouse, batch_id)
    pending = batches.pending(context.warehouse, context.name, batch.cycle, batch.source, batch.group_number)
    holder = context.registry.production(context.name)
    changes = comparisons.latest(context.warehouse, batch_id, "previous")
    shifts = comparisons.latest(context.warehouse, batch_id, "production")
    return TrainingFigures(
        production_version=holder.version if holder else None,
        forced=force,
        refused=(batch.validations or {}).get("refused"),
        batch_rows=batch.clean_rows or 0,
        pending_rows=sum(each.clean_rows or 0 for each in pending if each.batch_number <= batch.batch_number),
        changes=_read(Change, changes),
        shifts=_read(Shift, shifts),
        rules=context.use_case.drift,
    )


def _read(kind: type[_Figures], stored: comparisons.ComparisonRow | None) -> tuple[_Figures, ...]:
    return tuple(kind.model_validate(each) for each in stored.figures) if stored else ()
