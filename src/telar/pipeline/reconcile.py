"""The ledger brought to what the alias says: whoever moved it, and whatever was interrupted."""

from contextlib import AbstractContextManager

from telar.adapters.model_registry.registry import ModelVersion
from telar.adapters.warehouse import ledger, locks
from telar.domain.errors import NotServable
from telar.domain.lifecycle import PromotionState
from telar.pipeline.context import Context

ACTOR = "telar"
SOMEBODY = "MLflow"


def reconcile(context: Context, run_id: str | None = None) -> ModelVersion | None:
    """Closes open intentions, appends moves of the alias that others made; returns the version that holds it.

    A holder without contract, ONNX or parity gets one ``refused`` line: inference goes on with the version before.
    """
    with alias_lock(context):
        holder = context.registry.production(context.name)
        version = holder.version if holder else None
        _close_intentions(context, version, run_id)
        _note_external(context, version, run_id)
    if version is not None:
        _note_refused(context, version, run_id)
    return holder


def alias_lock(context: Context) -> AbstractContextManager[None]:
    """Held while the alias and the ledger are brought to one another: what Telar is about to move, nobody judges."""
    return locks.lock(context.warehouse, f"alias of {context.name}")


def _close_intentions(context: Context, version: str | None, run_id: str | None) -> None:
    for intention in ledger.open_intentions(context.warehouse, context.name):
        came_true = intention.version == version
        ledger.append(
            context.warehouse,
            context.name,
            intention.version,
            PromotionState.DONE if came_true else PromotionState.ABANDONED,
            previous_version=intention.previous_version,
            actor=ACTOR,
            run_id=run_id,
            reason=f"interrupted; the alias says {f'version {version}' if version else 'nothing'}",
            evidence={"intention": intention.id},
        )


def _note_external(context: Context, version: str | None, run_id: str | None) -> None:
    last = ledger.last_done(context.warehouse, context.name)
    if version is None or (last is not None and last.version == version):
        return
    ledger.append(
        context.warehouse,
        context.name,
        version,
        PromotionState.EXTERNAL,
        previous_version=last.version if last else None,
        actor=SOMEBODY,
        run_id=run_id,
        reason="somebody moved the alias in MLflow",
        evidence={},
    )


def _note_refused(context: Context, version: str, run_id: str | None) -> None:
    try:
        context.registry.check_servable(context.name, version)
    except NotServable as error:
        lines = ledger.history(context.warehouse, context.name)
        if any(line.version == version and line.state == PromotionState.REFUSED for line in lines):
            return
        ledger.append(
            context.warehouse,
            context.name,
            version,
            PromotionState.REFUSED,
            previous_version=None,
            actor=ACTOR,
            run_id=run_id,
            reason=str(error),
            evidence={},
        )
