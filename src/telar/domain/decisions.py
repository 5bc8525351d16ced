"""Whether to train: figures in; choice, reason and every check with its value and threshold out."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from telar.domain.base import Value
from telar.domain.drift import STATISTICS, Change, Shift
from telar.domain.rules import DriftRules
from telar.domain.wording import figure, percent


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
    rules, drift = figures.rules, _drift_rules(figures)
    fired = [rule for rule in drift if rule.check.holds]
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
    checks = (first, forced, enough, *(rule.check for rule in drift))
    if figures.pending_rows == 0 and figures.batch_rows == 0:
        return Decision(choice="skip", reason=figures.refused or "the batch left no clean row", checks=checks)
    if forced.holds:
        return Decision(choice="train", reason="training was forced by the run's parameters", checks=checks)
    if figures.refused:
        return Decision(choice="skip", reason=f"the batch was refused: {figures.refused}", checks=checks)
    if first.holds:
        return Decision(choice="train", reason="no model is in production", checks=checks)
    if not fired:
        reason = "no drift rule fired" if drift else "there is nothing to compare the batch with"
        return Decision(choice="skip", reason=reason, checks=checks)
    if not enough.holds:
        wanted = f"only {figures.pending_rows:,} of {rules.min_new_rows:,} new rows are pending"
        return Decision(choice="skip", reason=f"{_told(fired)}, but {wanted}", checks=checks)
    return Decision(choice="train", reason=_told(fired), checks=checks)


class _Rule(NamedTuple):
    """A check, and the sentence that is said where it fires."""

    check: Check
    told: str


def _drift_rules(figures: TrainingFigures) -> tuple[_Rule, ...]:
    changes = (_change_rule(change, figures.rules.batch_change) for change in figures.changes)
    return (*changes, *(rule for shift in figures.shifts for rule in _shift_rules(shift, figures.rules)))


def _change_rule(change: Change, limit: float) -> _Rule:
    check = _check(f"{change.column}.{change.statistic}", change.change, limit)
    before, now = (figure(each or 0.0) for each in (change.previous, change.current))
    what = f"the {STATISTICS[change.statistic]} of {change.column} changed by {percent(change.change or 0.0)}"
    return _Rule(check, f"{what} since the batch before, from {before} to {now} (limit {percent(limit)})")


def _shift_rules(shift: Shift, rules: DriftRules) -> Iterator[_Rule]:
    name = shift.column
    if shift.psi is not None:
        check = _check(f"{name}.psi", shift.psi, rules.max_psi)
        told = f"{name} is spread unlike in production's training rows, with a population stability index of"
        yield _Rule(check, f"{told} {figure(shift.psi)} (limit {figure(rules.max_psi)})")
    if shift.wasserstein is not None:
        check = _check(f"{name}.wasserstein", shift.wasserstein, rules.max_wasserstein)
        told = f"{name} lies {figure(shift.wasserstein)} standard deviations from production's training rows"
        yield _Rule(check, f"{told} (limit {figure(rules.max_wasserstein)})")
    if shift.new_share is not None:
        check = _check(f"{name}.new_share", shift.new_share, rules.max_new_category_share)
        told = f"{percent(shift.new_share)} of the values of {name} are words that production never saw"
        yield _Rule(check, f"{told} (limit {percent(rules.max_new_category_share)})")


def _check(name: str, value: float | None, threshold: float) -> Check:
    return Check(name=name, value=value, threshold=threshold, holds=value is not None and value > threshold)


def _told(fired: list[_Rule]) -> str:
    """The rule that is broken most, and how many others are."""
    strongest = max(fired, key=_excess)
    more = len(fired) - 1
    return strongest.told + (f", and {more} more {'rule' if more == 1 else 'rules'} fired" if more else "")


def _excess(rule: _Rule) -> float:
    value, limit = rule.check.value, rule.check.threshold
    return value / limit if isinstance(value, float) and isinstance(limit, float) and limit else math.inf
