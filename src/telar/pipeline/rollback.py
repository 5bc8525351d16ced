"""The version before back in production: one more entry of the ledger."""

from telar.adapters.warehouse import ledger
from telar.domain.errors import NoModel
from telar.pipeline.context import Context
from telar.pipeline.promote import move_alias
from telar.pipeline.reconcile import reconcile

OPERATOR = "operator"


def rollback(context: Context, run_id: str, reason: str) -> tuple[str, str]:
    """Gives the alias back to the version that held it before; returns the version before and the one now.

    Raises:
        NoModel: nothing is in production, or nothing was before.
        NotServable: the version before lacks its contract, ONNX file or parity.
    """
    holder = reconcile(context, run_id)
    last = ledger.last_done(context.warehouse, context.name)
    if holder is None or last is None or last.previous_version is None:
        raise NoModel(f"{context.name}: no version was in production before the present one; see `ops.promotions`")
    context.registry.check_servable(context.name, last.previous_version)
    move_alias(
        context, last.previous_version, holder.version, actor=OPERATOR, run_id=run_id, reason=reason, evidence={}
    )
    return holder.version, last.previous_version
