"""The alias given back to the version that held it before, as one more entry of the ledger."""

from telar.adapters.warehouse import ledger
from telar.domain.errors import NoModel
from telar.domain.lifecycle import PromotionState
from telar.pipeline.context import Context
from telar.pipeline.reconcile import ACTOR, reconcile


def rollback(context: Context, run_id: str, reason: str) -> tuple[str, str]:
    """Moves the alias; returns the version that held it and the one that holds it now.

    Raises:
        NoModel: nothing is in production, or nothing was there before.
        NotServable: the version before lacks its contract, ONNX file or parity.
    """
    holder = reconcile(context, run_id)
    if holder is None:
        raise NoModel(f"nothing of {context.name} is in production; there is nothing to roll back")
    last = ledger.last_done(context.warehouse, context.name)
    before = last.previous_version if last else None
    if before is None:
        raise NoModel(f"version {holder.version} of {context.name} is the first in production; none was there before")
    context.registry.check_servable(context.name, before)

    def append(state: PromotionState) -> None:
        ledger.append(
            context.warehouse,
            context.name,
            before,
            state,
            previous_version=holder.version,
            actor=ACTOR,
            run_id=run_id,
            reason=reason,
            evidence={"rollback": True},
        )

    append(PromotionState.INTENDED)
    context.registry.set_production(context.name, before)
    append(PromotionState.DONE)
    return holder.version, before
