"""The best of all registered versions: scored on the same rows, put before the gate; strangers are left out."""

import json

import pytest

from telar.adapters.warehouse import decisions, ledger
from telar.domain.errors import DataError, NoModel
from telar.domain.lifecycle import Outcome
from telar.domain.promotion import GateFigures, decide_promotion
from telar.domain.rules import GateRules
from telar.domain.use_case import UseCase
from telar.pipeline.best import promote_best, score_versions
from telar.pipeline.context import Context
from telar.pipeline.production import version_files
from telar.pipeline.restart import restart_source
from telar.pipeline.run import run_batch
from tests.integration.pipeline.place import Place
from tests.integration.pipeline.test_promotion import client, holder, lines, strange_version
from tests.support.tiny import TINY

pytestmark = [pytest.mark.engines("postgresql"), pytest.mark.timeout(300)]
LINEAR = TINY.model_copy(update={"candidates": TINY.candidates[:1], "gate": GateRules(floor=0.0)})

STRICT = GateRules(floor=0.0, min_gain=0.9)


def context_of(place: Place, use_case: UseCase) -> Context:
    place.use_case = use_case
    return place.context()


def three_versions(place: Place) -> Context:
    """Version 1, a linear one, in production; 2, a tree that was trained and put aside; 3, that somebody registered."""
    assert run_batch(context_of(place, LINEAR), "r1") is Outcome.PROMOTED
    assert run_batch(context_of(place, TINY.model_copy(update={"gate": STRICT})), "r2", force=True) is Outcome.REJECTED
    context = context_of(place, TINY)
    strange_version(context, place.work.parent)
    return context


def forget_column(context: Context, version: str, name: str) -> None:
    """As if the version had been trained before the definition had that column."""
    path = version_files(context, version) / "contract.json"
    contract = json.loads(path.read_text())
    contract["columns"] = [column for column in contract["columns"] if column["name"] != name]
    path.write_text(json.dumps(contract))


def test_the_best_of_all_versions_goes_through_the_gate_and_the_second_time_nothing_changes(place: Place) -> None:
    context = three_versions(place)

    standings = score_versions(context, "choose-1")
    decision = promote_best(context, standings, "choose-1")

    assert (standings.production, standings.best) == ("1", "2")
    first, second, strange = standings.versions
    assert first.metrics["macro_f1"] < second.metrics["macro_f1"]
    assert first.registered_at < second.registered_at < strange.registered_at
    assert "only versions that Telar's training registered" in (strange.excluded or "")
    assert decision is not None
    assert decision.choice == "promote"
    assert holder(context) == "2"
    assert lines(context) == [("intended", "1", None), ("done", "1", None), ("intended", "2", "1"), ("done", "2", "1")]
    stored = decisions.latest(context.warehouse, "tiny", "promote", run_id="choose-1")
    assert stored is not None
    figures = GateFigures.model_validate(stored.figures)
    assert decide_promotion(figures).reason == stored.reason
    assert figures.rows == standings.rows
    assert figures.challenger["macro_f1"] == pytest.approx(second.metrics["macro_f1"])

    again = score_versions(context, "choose-2")
    assert (again.best, promote_best(context, again, "choose-2")) == ("2", None)
    assert len(lines(context)) == 4
    assert decisions.latest(context.warehouse, "tiny", "promote", run_id="choose-2") is None


def test_the_best_that_the_gate_rejects_stays_and_versions_of_another_definition_are_left_out_by_name(
    place: Place,
) -> None:
    three_versions(place)
    context = context_of(place, TINY.model_copy(update={"gate": STRICT}))

    decision = promote_best(context, score_versions(context, "choose"), "choose")

    assert decision is not None
    assert (decision.choice, holder(context)) == ("reject", "1")
    assert ledger.history(context.warehouse, "tiny")[-1].version == "1"

    without = tuple(column for column in TINY.columns if column.name != "Count")
    narrower = context_of(place, TINY.model_copy(update={"columns": without, "features": ()}))
    why = "version 2: it is of another definition: it reads Count that the definition no longer has; version 3:"
    with pytest.raises(NoModel, match=why):
        score_versions(narrower, "choose")

    forget_column(context, "1", "Count")
    standings = score_versions(context, "choose")
    assert standings.versions[0].excluded == "it is of another definition: it does not know Count of the definition"
    assert (standings.production, standings.best) == ("1", "2")


def test_nothing_registered_is_said_with_what_to_do(place: Place) -> None:
    with pytest.raises(NoModel, match="tiny has no registered version yet; run `telar run tiny`"):
        score_versions(place.context(), "choose")


def test_a_version_without_parity_and_a_cycle_without_rows_are_said_so(place: Place) -> None:
    context = place.context()
    run_batch(context, "r1")
    client(context).delete_model_version_tag("tiny", "1", "telar.parity")
    with pytest.raises(NoModel, match=r"no version of tiny can be compared: version 1: .* no tag telar\.parity"):
        score_versions(context, "choose")

    restart_source(context)

    with pytest.raises(DataError, match="tiny has no held-out rows in cycle 2"):
        score_versions(context, "choose")
