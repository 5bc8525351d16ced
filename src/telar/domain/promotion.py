"""Whether to promote: the challenger's evidence against production's, on the same held-out rows."""

from math import isclose
from typing import NamedTuple

from telar.domain.base import Value
from telar.domain.decisions import Check, Decision
from telar.domain.metrics import GREATER_IS_BETTER, IN_WORDS, gain
from telar.domain.rules import GateRules, Guard
from telar.domain.wording import figure, percent

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
    demands = (*_quality_demands(figures), *_limit_demands(figures))
    checks = tuple(demand.check for demand in demands)
    broken = next((demand for demand in demands if not demand.check.holds), None)
    if broken is not None:
        return Decision(choice="reject", reason=f"{_unscored(figures)}{broken.told}", checks=checks)
    return Decision(choice="promote", reason=_praise(figures), checks=checks)


class _Demand(NamedTuple):
    """A check, and the sentence that is said where it does not hold."""

    check: Check
    told: str


def _quality_demands(figures: GateFigures) -> tuple[_Demand, ...]:
    metric, rules = figures.primary_metric, figures.rules
    if metric not in figures.challenger or (figures.production is not None and metric not in figures.production):
        return (_undefined(metric),)
    value = figures.challenger[metric]
    if figures.production is None:
        passes = gain(metric, value, rules.floor) >= 0
        check = Check(name=f"floor of {metric}", value=value, threshold=rules.floor, holds=passes)
        side = "below" if GREATER_IS_BETTER[metric] else "above"
        return (
            _Demand(
                check, f"{IN_WORDS[metric]} {figure(value)} is {side} the floor {figure(rules.floor)} of a first model"
            ),
        )
    guards = (_guard_demand(guard, figures.challenger, figures.production) for guard in rules.guards)
    return (*_gain_demands(figures, value, figures.production[metric]), *guards)


def _gain_demands(figures: GateFigures, value: float, before: float) -> tuple[_Demand, ...]:
    metric, rules = figures.primary_metric, figures.rules
    won = gain(metric, value, before)
    needed = rules.min_gain * (abs(before) if rules.relative_gain else 1.0)
    low, high = figures.gain_interval or (won, won)
    enough = Check(name=f"gain in {metric}", value=won, threshold=needed, holds=_reached(won, needed))
    margin = f"at least {figure(needed, 6)}{_share(rules.min_gain, rules.relative_gain)} " if needed else ""
    sure = Check(
        name="gain interval excludes worse",
        value=f"{figure(low)} to {figure(high)}",
        threshold="low end at least 0",
        holds=low >= 0,
    )
    return (
        _Demand(enough, f"{_against(metric, value, before)}, and must be {margin}better"),
        _Demand(
            sure, f"the gain of {figure(won, 6)} in {IN_WORDS[metric]} may be chance: its 95 % interval is {sure.value}"
        ),
    )


def _reached(won: float, needed: float) -> bool:
    """At the border counts, rounding apart; without a margin the challenger must still be better."""
    return won > needed or (needed > 0 and isclose(won, needed, rel_tol=ROUNDING))


def _guard_demand(guard: Guard, challenger: dict[str, float], production: dict[str, float]) -> _Demand:
    metric = guard.metric
    if metric not in challenger or metric not in production:
        return _undefined(metric)
    before = production[metric]
    loss = -gain(metric, challenger[metric], before)
    allowed = guard.tolerance * (abs(before) if guard.relative else 1.0)
    holds = loss <= allowed or isclose(loss, allowed, rel_tol=ROUNDING)
    check = Check(name=f"loss in {metric}", value=loss, threshold=allowed, holds=holds)
    limit = f"{figure(allowed, 6)}{_share(guard.tolerance, guard.relative)}"
    return _Demand(check, f"{_against(metric, challenger[metric], before)}, and may be at most {limit} worse")


def _against(metric: str, value: float, before: float) -> str:
    won = gain(metric, value, before)
    apart = f"{figure(abs(won), 6)} {'better' if won > 0 else 'worse'} than" if won else "the same as"
    return f"{IN_WORDS[metric]} {figure(value)} is {apart} production's {figure(before)}"


def _share(rule: float, relative: bool) -> str:
    return f" ({percent(rule)})" if relative else ""


def _undefined(metric: str) -> _Demand:
    """A metric that the held-out rows do not define, as a ROC area of one class, proves nothing."""
    check = Check(name=f"{metric} on the held-out rows", value="undefined", threshold="defined", holds=False)
    return _Demand(check, f"{IN_WORDS[metric]} is not defined by the held-out rows")


def _limit_demands(figures: GateFigures) -> tuple[_Demand, ...]:
    rules, parity = figures.rules, figures.parity
    agreement = Check(
        name="ONNX label agreement",
        value=parity.label_agreement,
        threshold=rules.min_label_parity,
        holds=parity.label_agreement >= rules.min_label_parity,
    )
    agreed, least = percent(parity.label_agreement), percent(rules.min_label_parity)
    return (
        _Demand(agreement, f"the ONNX model gives the same label for {agreed} of the rows only, limit {least}"),
        _at_most(
            "ONNX probability difference",
            parity.max_probability_difference,
            rules.max_probability_difference,
            "the ONNX model's scores differ by up to {}",
        ),
        _at_most("model size in MB", figures.model_megabytes, rules.max_model_megabytes, "the model takes {} MB"),
        _at_most(
            "latency of one row in ms",
            figures.latency_milliseconds,
            rules.max_latency_milliseconds,
            "one row takes {} ms",
        ),
    )


def _at_most(name: str, value: float, limit: float, told: str) -> _Demand:
    check = Check(name=name, value=value, threshold=limit, holds=value <= limit)
    return _Demand(check, f"{told.format(figure(value))}, limit {figure(limit)}")


def _praise(figures: GateFigures) -> str:
    metric = figures.primary_metric
    value = figures.challenger[metric]
    if figures.production is None:
        what = _unscored(figures) or "first model: "
        return f"{what}{IN_WORDS[metric]} {figure(value)} passes the floor {figure(figures.rules.floor)}"
    better = "up" if GREATER_IS_BETTER[metric] else "down"
    before = figure(figures.production[metric])
    return f"{IN_WORDS[metric]} {better} from {before} to {figure(value)} on {figures.rows:,} held-out rows"


def _unscored(figures: GateFigures) -> str:
    if figures.production_unscored is None:
        return ""
    return f"version {figures.production_version} cannot be scored on these rows ({figures.production_unscored}): "
