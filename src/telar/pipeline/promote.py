"""The alias moved to a version that passed the gate, with a ledger line before and after."""

from collections.abc import Mapping

from pydantic import JsonValue

from telar.adapters.warehouse import ledger
from telar.domain.decisions import Decision
from telar.domain.errors import PromotionConflict
from telar.domain.lifecycle import PromotionState
from telar.domain.promotion import GateFigures
from telar.pipeline.context import Context
from telar.pipeline.failpoints import reach
from telar.pipeline.gate import PROMOTE, gate, last_verdict
from telar.pipeline.reconcile import ACTOR, alias_lock, reconcile


def promote(context: Context, batch_id: int, version: str, run_id: str) -> Decision:
    """Gives the alias to that version; asks the gate again first where production moved since.

    Returns the decision that counted: ``reject`` where the challenger lost against the new production.

    Raises:
        NotServable: the version lacks its contract, ONNX file or parity.
        PromotionConflict: the alias moved in the last moment; run it again.
    """
    holder = reconcile(context, run_id)
    decision = gate(context, batch_id, version, run_id)
    if decision.choice != PROMOTE or (holder is not None and holder.version == version):
        return decision
    figures = last_verdict(context, batch_id, run_id)
    if figures is None or figures.production_version != (holder.version if holder else None):
        raise PromotionConflict(f"{context.name}: the alias moved while version {version} was judged; run it again")
    context.registry.check_servable(context.name, version)
    context.registry.tag(context.name, version, _tags(decision, figures, run_id))
    move_alias(
        context,
        version,
        figures.production_version,
        actor=ACTOR,
        run_id=run_id,
        reason=decision.reason,
        evidence=figures.model_dump(mode="json"),
    )
    return decision


def move_alias(
    context: Context,
    version: str,
    previous: str | None,
    *,
    actor: str,
    run_id: str,
    reason: str,
    evidence: Mapping[str, JsonValue],
) -> None:
    """Moves the alias from ``previous`` to ``version`` between a line that says so and one that says it is done.

    Raises:
        PromotionConflict: ``previous`` does not hold it any more.
    """

    def append(state: PromotionState) -> None:
        ledger.append(
            context.warehouse,
            context.name,
            version,
            state,
            previous_version=previous,
            actor=actor,
            run_id=run_id,
            reason=reason,
            evidence=evidence,
        )

    with alias_lock(context):
        append(PromotionState.INTENDED)
        reach("promote.after_intended")
        holder = context.registry.production(context.name)
        if (holder.version if holder else None) != previous:
            raise PromotionConflict(f"{context.name}: somebody moved the alias just before version {version} got it")
        context.registry.set_production(context.name, version)
        reach("promote.after_alias")
        append(PromotionState.DONE)


def _tags(decision: Decision, figures: GateFigures, run_id: str) -> dict[str, str]:
    """The gate's evidence as MLflow tags: the decision and each check's value against its threshold."""
    shown = {f"telar.gate.{_slug(check.name)}": f"{check.value} (limit {check.threshold})" for check in decision.checks}
    return shown | {
        "telar.gate.choice": decision.choice,
        "telar.gate.reason": decision.reason,
        "telar.gate.run_id": run_id,
        "telar.gate.rows": str(figures.rows),
        "telar.gate.against": figures.production_version or "none",
    }


def _slug(name: str) -> str:
    return name.lower().replace(" ", "_")
