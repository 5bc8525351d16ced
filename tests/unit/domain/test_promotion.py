"""Whether to promote: the gate's rules, and that a stored decision can be recomputed."""

import json

from hypothesis import given
from hypothesis import strategies as st

from telar.domain.decisions import Decision
from telar.domain.promotion import GateFigures, Parity, decide_promotion
from telar.domain.rules import GateRules, Guard
from tests.unit.domain.figures import gate_figures

PRICES = GateRules(
    floor=150, min_gain=0.03, relative_gain=True, guards=(Guard(metric="rmse", tolerance=0.01, relative=True),)
)
BETTER = GateFigures(
    primary_metric="macro_f1",
    challenger_version="2",
    challenger={"macro_f1": 0.9, "accuracy": 0.9},
    production_version="1",
    production={"macro_f1": 0.85, "accuracy": 0.9},
    gain_interval=(0.03, 0.07),
    rows=1_000,
    parity=Parity(rows=5_000, label_agreement=1.0, max_probability_difference=1e-6),
    model_megabytes=3.0,
    latency_milliseconds=0.1,
    rules=GateRules(floor=0.5, min_gain=0.01, guards=(Guard(metric="accuracy", tolerance=0.02),)),
)


def decided(**changed: object) -> Decision:
    return decide_promotion(BETTER.model_copy(update=changed))


@given(gate_figures)
def test_a_stored_decision_can_be_recomputed_from_its_stored_figures(figures: GateFigures) -> None:
    decision = decide_promotion(figures)
    stored = json.dumps(figures.model_dump(mode="json")), json.dumps(decision.model_dump(mode="json"))

    recomputed = decide_promotion(GateFigures.model_validate_json(stored[0]))

    assert recomputed == Decision.model_validate_json(stored[1])


@given(gate_figures)
def test_it_promotes_exactly_when_every_check_holds(figures: GateFigures) -> None:
    decision = decide_promotion(figures)

    assert (decision.choice == "promote") == all(check.holds for check in decision.checks)


@given(gate_figures)
def test_a_challenger_equal_to_production_never_replaces_it(figures: GateFigures) -> None:
    equal = figures.model_copy(update={"production": figures.challenger, "gain_interval": (0.0, 0.0)})

    assert decide_promotion(equal).choice == "reject"


def test_a_better_challenger_is_promoted_with_both_figures_told() -> None:
    assert decided().choice == "promote"
    assert decided().reason == "macro F1 up from 0.85 to 0.9 on 1,000 held-out rows"


def test_a_gain_below_the_margin_is_rejected() -> None:
    decision = decided(challenger={"macro_f1": 0.855, "accuracy": 0.9})

    told = "macro F1 0.855 is 0.005 better than production's 0.85, and must be at least 0.01 better"
    assert (decision.choice, decision.reason) == ("reject", told)


def test_a_gain_that_chance_may_have_made_is_rejected() -> None:
    told = "the gain of 0.05 in macro F1 may be chance: its 95 % interval is -0.01 to 0.11"
    assert decided(gain_interval=(-0.01, 0.11)).reason == told


def test_a_better_challenger_that_loses_a_guard_metric_is_rejected() -> None:
    told = "accuracy 0.87 is 0.03 worse than production's 0.9, and may be at most 0.02 worse"
    assert decided(challenger={"macro_f1": 0.9, "accuracy": 0.87}).reason == told


def test_the_first_model_must_pass_the_floor() -> None:
    first = {"production_version": None, "production": None, "gain_interval": None}

    assert decided(**first).reason == "first model: macro F1 0.9 passes the floor 0.5"
    missed = decided(**first, challenger={"macro_f1": 0.4, "accuracy": 0.9})
    assert (missed.choice, missed.reason) == ("reject", "macro F1 0.4 is below the floor 0.5 of a first model")


def test_a_production_that_cannot_be_scored_is_named_and_the_floor_decides() -> None:
    decision = decided(production=None, production_unscored="column Width is not among them", gain_interval=None)

    assert decision.choice == "promote"
    assert decision.reason.startswith("version 1 cannot be scored on these rows (column Width is not among them): ")


def test_onnx_disagreement_size_and_latency_each_reject() -> None:
    odd = Parity(rows=5_000, label_agreement=0.99, max_probability_difference=1e-6)

    told = "the ONNX model gives the same label for 99 % of the rows only, limit 99.9 %"
    assert decided(parity=odd).reason == told
    assert decided(model_megabytes=201.0).reason == "the model takes 201 MB, limit 200"
    assert decided(latency_milliseconds=21.0).reason == "one row takes 21 ms, limit 20"


def test_for_an_error_metric_less_is_better() -> None:
    assert priced(96.0, 200.0, 100.0, 199.0).choice == "promote"
    assert priced(98.0, 199.0, 100.0, 199.0).choice == "reject"


@given(st.floats(1e-3, 1e8), st.floats(1e-3, 1e8))
def test_a_mae_3_percent_lower_and_an_rmse_1_percent_higher_is_just_promoted(mae: float, rmse: float) -> None:
    assert priced(mae * 0.97, rmse * 1.01, mae, rmse).choice == "promote"
    assert priced(mae - mae * 0.03, rmse + rmse * 0.01, mae, rmse).choice == "promote"


@given(st.floats(1e-3, 1e8), st.floats(1e-3, 1e8), st.floats(1e-6, 0.5))
def test_a_little_beyond_either_border_is_rejected(mae: float, rmse: float, little: float) -> None:
    too_small = priced(mae * (0.97 + little), rmse, mae, rmse)
    too_wild = priced(mae * 0.5, rmse * (1.01 + little), mae, rmse)

    assert (too_small.choice, broken(too_small)) == ("reject", ["gain in mae"])
    assert (too_wild.choice, broken(too_wild)) == ("reject", ["loss in rmse"])


def test_the_borders_in_round_figures() -> None:
    assert priced(67_900.0, 101_000.0, 70_000.0, 100_000.0).choice == "promote"
    told = "mean absolute error 67,900 is 2,099.99 better than production's 70,000"
    needed = ", and must be at least 2,100 (3 %) better"
    assert priced(67_900.01, 101_000.0, 70_000.0, 100_000.0).reason == told + needed
    told = "root mean squared error 101,000 is 1,000.01 worse than production's 100,000"
    allowed = ", and may be at most 1,000 (1 %) worse"
    assert priced(67_900.0, 101_000.01, 70_000.0, 100_000.0).reason == told + allowed


def test_a_metric_that_the_rows_do_not_define_is_rejected_by_name() -> None:
    unknown_gain = decided(challenger={"accuracy": 0.9}, production={"accuracy": 0.9}, gain_interval=None)
    unknown_loss = decided(challenger={"macro_f1": 0.9}, production={"macro_f1": 0.85})
    first = decided(challenger={"accuracy": 0.9}, production_version=None, production=None, gain_interval=None)

    assert unknown_gain.reason == first.reason == "macro F1 is not defined by the held-out rows"
    assert unknown_loss.reason == "accuracy is not defined by the held-out rows"


def broken(decision: Decision) -> list[str]:
    return [check.name for check in decision.checks if not check.holds]


def priced(mae: float, rmse: float, production_mae: float, production_rmse: float) -> Decision:
    """The rule for prices: the mean error must fall by at least 3 %, the root mean square rise by at most 1 %."""
    return decided(
        primary_metric="mae",
        challenger={"mae": mae, "rmse": rmse},
        production={"mae": production_mae, "rmse": production_rmse},
        gain_interval=(0.0, 1.0),
        rules=PRICES,
    )
