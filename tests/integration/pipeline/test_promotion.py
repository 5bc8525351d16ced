"""From a batch to a promoted model and on: outcomes, the ledger, aliases that others move, rollback."""

import json
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from telar.adapters.warehouse import batches, decisions, ledger
from telar.domain.errors import NoModel, NotServable, PromotionConflict
from telar.domain.lifecycle import Outcome
from telar.domain.promotion import GateFigures, decide_promotion
from telar.domain.rules import DriftRules, GateRules
from telar.pipeline import promote as promote_module
from telar.pipeline.context import Context
from telar.pipeline.gate import gate
from telar.pipeline.production import version_files
from telar.pipeline.promote import promote
from telar.pipeline.reconcile import reconcile
from telar.pipeline.rollback import rollback
from telar.pipeline.run import run_batch
from telar.pipeline.train import training_rows
from tests.integration.pipeline.place import Place, challenger

pytestmark = pytest.mark.engines("postgresql")


@pytest.fixture
def context(place: Place) -> Context:
    return place.context()


def changed(place: Place, **rules: object) -> Context:
    """A context with other rules: the data API draws at random, and no test is to hang on what it drew."""
    place.use_case = place.use_case.model_copy(update=rules)
    return place.context()


def after_a_weak_first(place: Place) -> Context:
    """A context in which the first model, in production, is one that every other beats."""
    good = place.use_case
    place.use_case = good.model_copy(update={"candidates": good.candidates[:1], "gate": GateRules(floor=0.0)})
    assert run_batch(place.context(), "r1") is Outcome.PROMOTED
    place.use_case = good
    return place.context()


def holder(context: Context) -> str | None:
    found = context.registry.production("tiny")
    return found.version if found else None


def lines(context: Context) -> list[tuple[str, str, str | None]]:
    return [(line.state, line.version, line.previous_version) for line in ledger.history(context.warehouse, "tiny")]


def client(context: Context) -> MlflowClient:
    return MlflowClient(tracking_uri=context.mlflow.url, registry_uri=context.mlflow.url)


def strange_version(context: Context, folder: Path) -> str:
    """A version that somebody else registered: a file, and nothing that Telar writes."""
    mlflow.set_tracking_uri(context.mlflow.url)
    run = client(context).create_run(client(context).create_experiment(f"by hand {folder.name}"))
    (folder / "model.txt").write_text("not a model")
    client(context).log_artifact(run.info.run_id, str(folder / "model.txt"))
    made = client(context).create_model_version("tiny", f"runs:/{run.info.run_id}/model.txt", run.info.run_id)
    return str(made.version)


def test_the_first_batch_ends_promoted_and_the_next_without_drift_is_not_trained(place: Place) -> None:
    context, told = changed(place, drift=DriftRules(batch_change=0.5)), list[str]()

    first = run_batch(context, "r1", tell=told.append)
    second = run_batch(context, "r2")

    rows = place.batches()
    assert (first, second) == (Outcome.PROMOTED, Outcome.NOT_TRAINED)
    assert [(row.outcome, row.decision, row.model_version) for row in rows] == [
        ("promoted", "train", "1"),
        ("not_trained", "skip", None),
    ]
    assert rows[1].reason == "no drift rule fired"
    assert [row.id for row in batches.pending(context.warehouse, "tiny")] == [rows[1].id]
    assert lines(context) == [("intended", "1", None), ("done", "1", None)]
    assert told[0] == "asking the upstream for a batch"


def test_a_forced_challenger_that_is_no_better_is_rejected_and_production_stays(place: Place) -> None:
    context = changed(place, gate=GateRules(floor=0.5, min_gain=0.9))
    run_batch(context, "r1")

    assert run_batch(context, "r2", force=True) is Outcome.REJECTED

    stored = decisions.latest(context.warehouse, "tiny", "promote")
    assert stored is not None
    figures = GateFigures.model_validate(stored.figures)
    assert (figures.production_version, figures.challenger_version) == ("1", "2")
    assert decide_promotion(figures).reason == stored.reason
    assert holder(context) == "1"
    assert batches.pending(context.warehouse, "tiny") == []


def test_a_training_gets_all_clean_rows_of_the_cycle_up_to_its_batch(context: Context) -> None:
    first, _ = challenger(context, "r1")
    second, _ = challenger(context, "r2")

    early, late = training_rows(context, first), training_rows(context, second)

    assert (early.batches, late.batches) == ((first,), (first, second))
    assert early.data_digest == training_rows(context, first).data_digest != late.data_digest
    total = sum(row.clean_rows or 0 for row in batches.in_cycle(context.warehouse, second))
    assert len(late.train) + len(late.validation) + len(late.test) == total


def test_the_gates_evidence_stands_on_the_version(context: Context) -> None:
    run_batch(context, "r1")

    tags = context.registry.version("tiny", "1").tags

    assert tags["telar.gate.choice"] == "promote"
    assert tags["telar.gate.against"] == "none"
    assert tags["telar.gate.floor_of_macro_f1"].endswith("(limit 0.5)")


def test_an_alias_that_somebody_moved_is_put_down_once_as_external(place: Place) -> None:
    context = place.context()
    run_batch(context, "r1")
    challenger(context, "r2")
    client(context).set_registered_model_alias("tiny", "production", "2")

    reconcile(context)
    reconcile(context)

    assert lines(context)[2:] == [("external", "2", "1")]


def test_a_version_that_cannot_be_served_is_refused_once_in_the_ledger(context: Context, tmp_path: Path) -> None:
    run_batch(context, "r1")
    version = strange_version(context, tmp_path)
    client(context).set_registered_model_alias("tiny", "production", version)

    reconcile(context)
    reconcile(context)

    assert lines(context)[2:] == [("external", version, "1"), ("refused", version, None)]
    assert "has no contract.json" in ledger.history(context.warehouse, "tiny")[-1].reason


def test_against_a_production_that_cannot_be_scored_the_floor_decides(context: Context, tmp_path: Path) -> None:
    run_batch(context, "r1")
    client(context).set_registered_model_alias("tiny", "production", strange_version(context, tmp_path))

    assert run_batch(context, "r2", force=True) is Outcome.PROMOTED

    stored = decisions.latest(context.warehouse, "tiny", "promote")
    assert stored is not None
    assert stored.reason.startswith("version 2 cannot be scored on these rows (")
    assert holder(context) == "3"


def test_production_of_another_definition_is_scored_by_its_own_contract_or_left_out_with_the_reason(
    context: Context,
) -> None:
    run_batch(context, "r1")
    batch_id, version = challenger(context, "r2")
    path = version_files(context, "1") / "contract.json"
    contract = json.loads(path.read_text())
    contract["columns"].append(contract["columns"][0] | {"name": "Width"})
    path.write_text(json.dumps(contract))

    decision = gate(context, batch_id, version, "r2")

    assert "its columns Width are no longer collected" in decision.reason


def test_production_that_moved_since_the_gate_is_judged_again(place: Place) -> None:
    context = after_a_weak_first(place)
    second, version = challenger(context, "r2")
    assert gate(context, second, version, "r2").choice == "promote"
    _, third = challenger(context, "r3")
    client(context).set_registered_model_alias("tiny", "production", third)

    promote(context, second, version, "r2")

    stored = decisions.latest(context.warehouse, "tiny", "promote", second, "r2")
    assert stored is not None
    assert GateFigures.model_validate(stored.figures).production_version == third
    assert holder(context) == (version if stored.choice == "promote" else third)


def test_an_alias_that_moves_in_the_last_moment_stops_the_promotion(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = after_a_weak_first(place)
    batch_id, version = challenger(context, "r2")
    _, third = challenger(context, "r3")

    def meanwhile(name: str) -> None:
        if name == "promote.after_intended":
            client(context).set_registered_model_alias("tiny", "production", third)

    monkeypatch.setattr(promote_module, "reach", meanwhile)
    with pytest.raises(PromotionConflict, match="somebody moved the alias"):
        promote(context, batch_id, version, "r2")

    reconcile(context)
    assert lines(context)[2:] == [("intended", version, "1"), ("abandoned", version, "1"), ("external", third, "1")]


def test_a_version_without_parity_is_not_promoted(context: Context) -> None:
    batch_id, version = challenger(context, "r1")
    client(context).delete_model_version_tag("tiny", version, "telar.parity")

    with pytest.raises(NotServable, match=r"no tag telar\.parity"):
        promote(context, batch_id, version, "r1")

    assert holder(context) is None


def test_a_rollback_is_one_more_entry_of_the_ledger(place: Place) -> None:
    context = after_a_weak_first(place)
    assert run_batch(context, "r2", force=True) is Outcome.PROMOTED

    assert rollback(context, "r3", "worse in practice") == ("2", "1")

    assert holder(context) == "1"
    assert lines(context)[4:] == [("intended", "1", "2"), ("done", "1", "2")]
    assert ledger.history(context.warehouse, "tiny")[-1].reason == "worse in practice"


def test_there_is_nothing_to_roll_back_to_before_a_second_promotion(context: Context) -> None:
    run_batch(context, "r1")

    with pytest.raises(NoModel, match="no version was in production before"):
        rollback(context, "r2", "too soon")


def test_a_run_that_fails_says_so_and_its_repetition_overwrites_it(place: Place) -> None:
    good = place.context()
    away = Place(place.warehouse, place.work, place.source_url).context()
    with pytest.raises(Exception, match="MLflow"):
        run_batch(away, "r1")
    (batch,) = place.batches()
    assert (batch.outcome, "MLflow" in (batch.error or "")) == ("failed", True)

    assert run_batch(good, "r1") is Outcome.PROMOTED

    (batch,) = place.batches()
    assert (batch.outcome, batch.error) == ("promoted", None)
