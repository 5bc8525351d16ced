"""Whether to train: figures in; choice, reason and every check with its value and threshold out."""

from telar.domain.base import Value
from telar.domain.drift import Change, Shift
from telar.domain.rules import DriftRules


class Check(Value):
    """One rule of a decision: what was measured, against what, and whether it holds."""

    name: str
    value: float | str | bool | None
    threshold: float | str | bool | None
    holds: bool


class Decision(Value):
    """A choice that can be recomputed from its stored figures."""

    choice: str
    reason: str
    checks: tuple[Check, ...]


class TrainingFigures(Value):
    """All that the decision to train looks at.

    ``refused`` says why the batch was refused, None where it was not. ``pending_rows`` are the clean rows, this batch's
    included, that no training has used yet.
    """

    production_version: str | None
    forced: bool
    refused: str | None
    batch_rows: int
    pending_rows: int
    changes: tuple[Change, ...]
    shifts: tuple[Shift, ...]
    rules: DriftRules


def decide_training(figures: TrainingFigures) -> Decision:
    """``train`` where nothing is in production, where it was forced, or where a drift rule fires on enough new rows."""
    rules = figures.rules
    fired = [check for check in _drift_checks(figures) if check.holds]
    enough = Check(
        name="pending_rows",
        value=figures.pending_rows,
        threshold=rules.min_new_rows,
        holds=figures.pending_rows >= rules.min_new_rows,
    )
    first = Check(
        name="no_production_model",
        value=figures.production_version,
        threshold=None,
        holds=figures.production_version is None,
    )
    forced = Check(name="forced", value=figures.forced, threshold=True, holds=figures.forced)
    checks = (first, forced, enough, *_drift_checks(figures))
    if figures.pending_rows == 0 and figures.batch_rows == 0:
        return Decision(choice="skip", reason=figures.refused or "the batch left no clean row", checks=checks)
    if forced.holds:
        return Decision(choice="train", reason="training was forced by the run's parameters", checks=checks)
    if figures.refused:
        return Decision(choice="skip", reason=f"the batch was refused: {figures.refused}", checks=checks)
    if first.holds:
        return Decision(choice="train", reason="no model is in production", checks=checks)
    if not fired:
        return Decision(choice="skip", reason="no drift rule fired", checks=checks)
    if not enough.holds:
        reason = f"{_told(fired)}, but only {figures.pending_rows} of {rules.min_new_rows} new rows are pending"
        return Decision(choice="skip", reason=reason, checks=checks)
    return Decision(choice="train", reason=_told(fired), checks=checks)


def _drift_checks(figures: TrainingFigures) -> tuple[Check, ...]:
    rules = figures.rules
    changes = [_check(f"{c.column}.{c.statistic}", c.change, rules.batch_change) for c in figures.changes]
    shifts = [
        _check(f"{shift.column}.{measure}", getattr(shift, measure), threshold)
        for shift in figures.shifts
        for measure, threshold in (
            ("psi", rules.max_psi),
            ("wasserstein", rules.max_wasserstein),
            ("new_share", rules.max_new_category_share),
        )
        if getattr(shift, measure) is not None
    ]
    return (*changes, *shifts)


def _check(name: str, value: float | None, threshold: float) -> Check:
    return Check(name=name, value=value, threshold=threshold, holds=value is not None and value > threshold)


def _told(fired: list[Check]) -> str:
    first = fired[0]
    more = f" and {len(fired) - 1} more" if len(fired) > 1 else ""
    return f"{first.name} changed by {float(first.value or 0):.3f} (limit {first.threshold}){more}"
