"""Whether this batch is a reason to train: its figures gathered, decided and recorded."""

from telar.adapters.warehouse import batches, comparisons, decisions
from telar.domain.decisions import Decision, TrainingFigures, decide_training
from telar.domain.lifecycle import BatchStatus
from telar.pipeline.compare import PREVIOUS, PRODUCTION, Changes, Shifts
from telar.pipeline.context import Context
from telar.pipeline.failpoints import reach
from telar.pipeline.reconcile import reconcile

TRAIN = "train"


def decide(context: Context, batch_id: int, run_id: str, force: bool = False) -> Decision:
    """``train`` or ``skip``; a run that already decided about this batch gets the same answer again."""
    reconcile(context, run_id)
    known = decisions.latest(context.warehouse, context.name, TRAIN, batch_id, run_id)
    if known is not None:
        return known.decision
    figures = gather_figures(context, batch_id, force)
    decision = decide_training(figures)
    decisions.record(context.warehouse, context.name, batch_id, run_id, TRAIN, decision, figures)
    reach("decide.after_record")
    batches.update(context.warehouse, batch_id, decision=decision.choice, reason=decision.reason)
    return decision


def gather_figures(context: Context, batch_id: int, force: bool) -> TrainingFigures:
    """All that the decision looks at, as the warehouse and the registry have it now."""
    batch = batches.get(context.warehouse, batch_id)
    holder = context.registry.production(context.name)
    changes = comparisons.latest(context.warehouse, batch_id, PREVIOUS)
    shifts = comparisons.latest(context.warehouse, batch_id, PRODUCTION)
    return TrainingFigures(
        production_version=holder.version if holder else None,
        forced=force,
        refused=batch.reason if batch.status == BatchStatus.REFUSED else None,
        batch_rows=batch.clean_rows or 0,
        pending_rows=sum(each.clean_rows or 0 for each in batches.pending(context.warehouse, context.name)),
        changes=Changes.model_validate(changes).changes if changes else (),
        shifts=Shifts.model_validate(shifts).shifts if shifts else (),
        rules=context.use_case.drift,
    )
