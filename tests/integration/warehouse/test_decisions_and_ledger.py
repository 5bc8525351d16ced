"""Decisions, comparisons, runs and the ledger come back as they went in, in their order."""

from telar.adapters.warehouse import Warehouse, comparisons, decisions, ledger, runs
from telar.domain.decisions import TrainingFigures, decide_training
from telar.domain.drift import Change
from telar.domain.lifecycle import Outcome, PromotionState
from telar.domain.rules import DriftRules
from tests.integration.warehouse.making import stored

CHANGE = Change(column="Length", statistic="mean", previous=4.0, current=5.0, change=0.25)
FIGURES = TrainingFigures(
    production_version="2",
    forced=False,
    refused=None,
    batch_rows=500,
    pending_rows=1_500,
    changes=(CHANGE,),
    shifts=(),
    rules=DriftRules(),
)


def line(warehouse: Warehouse, version: str, state: PromotionState, previous: str | None = None) -> int:
    return ledger.append(
        warehouse,
        "tiny",
        version,
        state,
        previous_version=previous,
        actor="pipeline",
        run_id="run",
        reason="better",
        evidence={"gain": 0.01},
    )


def test_a_stored_decision_can_be_recomputed_from_its_stored_figures(warehouse: Warehouse) -> None:
    batch_id = stored(warehouse, 1)
    decision = decide_training(FIGURES)

    decisions.record(warehouse, "tiny", batch_id, "run", "train", decision, FIGURES)

    found = decisions.latest(warehouse, "tiny", "train", batch_id, "run")
    assert found is not None
    assert decide_training(TrainingFigures.model_validate(found.figures)) == decision
    assert (found.choice, found.reason) == (decision.choice, decision.reason)
    assert [check["name"] for check in found.checks] == [check.name for check in decision.checks]
    assert decisions.latest(warehouse, "tiny", "promote") is None


def test_the_latest_comparison_counts(warehouse: Warehouse) -> None:
    batch_id = stored(warehouse, 1)
    comparisons.record(warehouse, batch_id, "previous", None, ())
    comparisons.record(warehouse, batch_id, "previous", "7", (CHANGE,))

    found = comparisons.latest(warehouse, batch_id, "previous")

    assert found is not None
    assert found.reference == "7"
    assert [Change.model_validate(each) for each in found.figures] == [CHANGE]
    assert comparisons.latest(warehouse, batch_id, "production") is None


def test_an_intention_is_open_until_a_later_line_closes_it(warehouse: Warehouse) -> None:
    first = line(warehouse, "1", PromotionState.INTENDED)
    line(warehouse, "1", PromotionState.DONE)
    assert ledger.open_intentions(warehouse, "tiny") == []

    again = line(warehouse, "1", PromotionState.INTENDED, "2")
    assert again > first
    assert [each.id for each in ledger.open_intentions(warehouse, "tiny")] == [again]

    line(warehouse, "1", PromotionState.ABANDONED)
    assert ledger.open_intentions(warehouse, "tiny") == []
    assert ledger.open_intentions(warehouse, "other") == []


def test_the_last_line_that_moved_the_alias_says_what_it_holds(warehouse: Warehouse) -> None:
    assert ledger.last_done(warehouse, "tiny") is None
    line(warehouse, "1", PromotionState.DONE)
    line(warehouse, "4", PromotionState.EXTERNAL, "1")
    line(warehouse, "5", PromotionState.REFUSED, "4")

    last = ledger.last_done(warehouse, "tiny")

    assert last is not None
    assert (last.version, last.previous_version, last.state, last.evidence) == ("4", "1", "external", {"gain": 0.01})


def test_a_run_that_begins_again_is_one_run_and_its_last_word_counts(warehouse: Warehouse) -> None:
    runs.start(warehouse, "tiny", "scheduled__1", "batch")
    begun = runs.get(warehouse, "tiny", "scheduled__1")
    runs.start(warehouse, "tiny", "scheduled__1", "batch")
    runs.finish(warehouse, "tiny", "scheduled__1", Outcome.FAILED, error="500")
    runs.finish(warehouse, "tiny", "scheduled__1", Outcome.END_OF_DATA, reason="everything was handed out")

    run = runs.get(warehouse, "tiny", "scheduled__1")

    assert begun is not None
    assert run is not None
    assert (run.started_at, run.outcome, run.error) == (begun.started_at, "end_of_data", None)
    assert runs.get(warehouse, "tiny", "Scheduled__1") is None
