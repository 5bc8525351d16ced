"""Whether to promote: the challenger's evidence against production's, on the same held-out rows."""

from math import isclose

from telar.domain.base import Value
from telar.domain.decisions import Check, Decision
from telar.domain.metrics import GREATER_IS_BETTER, gain
from telar.domain.rules import GateRules, Guard

ROUNDING = 1e-9


class Parity(Value):
    """How the ONNX form compares with the scikit-learn one on ``rows`` held-out and hostile rows."""

    rows: int
    label_agreement: float
    max_probability_difference: float


class GateFigures(Value):
    """All that the gate looks at.

    ``challenger`` and ``production`` hold the primary and guard metrics that the same rows define; production is None
    for the first model. ``production_unscored`` says why a version in production could not be scored on these rows
    (its ``production`` is None then, and the floor decides).
    ``gain_interval`` is the bootstrap 95 % interval of the primary metric's gain (positive is better).
    """

    primary_metric: str
    challenger_version: str
    challenger: dict[str, float]
    production_version: str | None
    production: dict[str, float] | None
    production_unscored: str | None = None
    gain_interval: tuple[float, float] | None
    rows: int
    parity: Parity
    model_megabytes: float
    latency_milliseconds: float
    rules: GateRules


def decide_promotion(figures: GateFigures) -> Decision:
    """``promote`` when every check holds; otherwise ``reject``, naming the first that does not."""
    checks = (*_quality_checks(figures), *_limit_checks(figures))
    broken = [check for check in checks if not check.holds]
    if broken:
        first = broken[0]
        return Decision(
            choice="reject",
            reason=f"{_unscored(figures)}{first.name} is {_shown(first.value)}, limit {_shown(first.threshold)}",
            checks=checks,
        )
    return Decision(choice="promote", reason=_praise(figures), checks=checks)


def _quality_checks(figures: GateFigures) -> tuple[Check, ...]:
    metric, rules = figures.primary_metric, figures.rules
    if metric not in figures.challenger or (figures.production is not None and metric not in figures.production):
        return (_undefined(metric),)
    value = figures.challenger[metric]
    if figures.production is None:
        passes = gain(metric, value, rules.floor) >= 0
        return (Check(name=f"floor of {metric}", value=value, threshold=rules.floor, holds=passes),)
    production = figures.production[metric]
    won = gain(metric, value, production)
    needed = rules.min_gain * (abs(production) if rules.relative_gain else 1.0)
    low, high = figures.gain_interval or (won, won)
    return (
        Check(name=f"gain in {metric}", value=won, threshold=needed, holds=_reached(won, needed)),
        Check(
            name="gain interval excludes worse",
            value=f"{low:.4f} to {high:.4f}",
            threshold="low end at least 0",
            holds=low >= 0,
        ),
        *(_guard_check(guard, figures.challenger, figures.production) for guard in rules.guards),
    )


def _reached(won: float, needed: float) -> bool:
    """At the border counts, rounding apart; without a margin the challenger must still be better."""
    return won > needed or (needed > 0 and isclose(won, needed, rel_tol=ROUNDING))


def _guard_check(guard: Guard, challenger: dict[str, float], production: dict[str, float]) -> Check:
    if guard.metric not in challenger or guard.metric not in production:
        return _undefined(guard.metric)
    before = production[guard.metric]
    loss = -gain(guard.metric, challenger[guard.metric], before)
    allowed = guard.tolerance * (abs(before) if guard.relative else 1.0)
    holds = loss <= allowed or isclose(loss, allowed, rel_tol=ROUNDING)
    return Check(name=f"loss in {guard.metric}", value=loss, threshold=allowed, holds=holds)


def _undefined(metric: str) -> Check:
    """A metric that the held-out rows do not define, as a ROC area of one class, proves nothing."""
    return Check(name=f"{metric} on the held-out rows", value="undefined", threshold="defined", holds=False)


def _limit_checks(figures: GateFigures) -> tuple[Check, ...]:
    rules, parity = figures.rules, figures.parity
    return (
        Check(
            name="ONNX label agreement",
            value=parity.label_agreement,
            threshold=rules.min_label_parity,
            holds=parity.label_agreement >= rules.min_label_parity,
        ),
        _at_most("ONNX probability difference", parity.max_probability_difference, rules.max_probability_difference),
        _at_most("model size in MB", figures.model_megabytes, rules.max_model_megabytes),
        _at_most("latency of one row in ms", figures.latency_milliseconds, rules.max_latency_milliseconds),
    )


def _at_most(name: str, value: float, limit: float) -> Check:
    return Check(name=name, value=value, threshold=limit, holds=value <= limit)


def _praise(figures: GateFigures) -> str:
    metric = figures.primary_metric
    value = figures.challenger[metric]
    if figures.production is None:
        what = _unscored(figures) or "first model: "
        return f"{what}{metric} {value:.4f} passes the floor {figures.rules.floor}"
    better = "up" if GREATER_IS_BETTER[metric] else "down"
    return f"{metric} {better} from {figures.production[metric]:.4f} to {value:.4f} on {figures.rows} held-out rows"


def _unscored(figures: GateFigures) -> str:
    if figures.production_unscored is None:
        return ""
    return f"version {figures.production_version} cannot be scored on these rows ({figures.production_unscored}): "


def _shown(value: float | str | bool | None) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
