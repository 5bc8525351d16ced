"""A cycle with nulls, zeros and identifiers: what is compared, what it decides, each decision can be redone."""

import json
from collections.abc import Iterator, Sequence
from uuid import uuid4

import pandas as pd
import pytest
import sqlalchemy as sa

from telar.adapters.warehouse import Warehouse, batches, comparisons, tables
from telar.adapters.warehouse.batches import BatchRow
from telar.domain.decisions import Check, Decision, TrainingFigures, decide_training
from telar.domain.drift import Change, Shift, compare_batches
from telar.domain.lifecycle import Outcome
from telar.domain.profile import Profile
from telar.domain.promotion import GateFigures, decide_promotion
from telar.domain.rules import GateRules
from telar.domain.use_case import UseCase
from telar.pipeline.context import Context
from telar.pipeline.decide import decide
from telar.pipeline.fetch import Fetched, fetch
from telar.pipeline.prepare import prepare
from telar.pipeline.run import run_batch
from tests.integration.pipeline.place import Place
from tests.support.answering import Answering, Said, answering
from tests.support.tiny import TINY
from tests.support.worded import worded

ROWS = 300
NULLABLE = tuple(column.model_copy(update={"nullable": True}) for column in TINY.columns)
ONE_CANDIDATE = TINY.model_copy(update={"columns": NULLABLE, "candidates": TINY.candidates[:1]})
STRICT = GateRules(floor=0.0, min_gain=0.9)


@pytest.fixture
def use_case() -> UseCase:
    """TINY with codes, shops and row numbers beside, where all may be missing, and a gate that only a first passes."""
    return worded(ONE_CANDIDATE).model_copy(update={"name": f"compared_{uuid4().hex[:8]}", "gate": STRICT})


@pytest.fixture
def use_cases(use_case: UseCase) -> Sequence[UseCase]:
    return (use_case,)


@pytest.fixture
def upstream(use_case: UseCase) -> Iterator[Answering]:
    about = {"provenance": "upstream", "origin": "a test"}
    with answering({f"/{use_case.name}/": Said(about)}) as running:
        yield running


@pytest.fixture
def context(bare: Place, upstream: Answering, mlflow_url: str, use_case: UseCase) -> Context:
    bare.source_url, bare.mlflow_url, bare.use_case = upstream.url, mlflow_url, use_case
    return bare.context()


def rows(use_case: UseCase, seed: int, **changed: object) -> pd.DataFrame:
    frame = use_case.sample(ROWS, seed).astype(object)
    return frame.where(frame.notna(), None).assign(**changed)


def offer(context: Context, upstream: Answering, number: int, frame: pd.DataFrame) -> None:
    """The rows that the upstream hands out next."""
    data = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    body = {"group_number": 1, "batch_number": number, "data": json.loads(json.dumps(data, default=str))}
    upstream.answers[f"/{context.name}/data?group_number=1"] = Said(body)


def take(context: Context, upstream: Answering, number: int, frame: pd.DataFrame) -> Outcome:
    offer(context, upstream, number, frame)
    return run_batch(context, f"r{number}")


def decided_only(context: Context, upstream: Answering, number: int, frame: pd.DataFrame) -> Decision:
    """What is decided about a batch, without a training."""
    offer(context, upstream, number, frame)
    fetched = fetch(context, f"r{number}")
    assert isinstance(fetched, Fetched)
    prepare(context, fetched.batch_id)
    return decide(context, fetched.batch_id, f"r{number}")


def stored_decisions(warehouse: Warehouse) -> list[sa.RowMapping]:
    with warehouse.begin() as connection:
        found = connection.execute(sa.select(tables.decisions).order_by(tables.decisions.c.id))
        return list(found.mappings())


def changes_of(warehouse: Warehouse, batch: BatchRow) -> dict[str, Change]:
    stored = comparisons.latest(warehouse, batch.id, "previous")
    assert stored is not None
    found = (Change.model_validate(each) for each in stored.figures)
    return {f"{each.column}.{each.statistic}": each for each in found}


def shifts_of(warehouse: Warehouse, batch: BatchRow) -> dict[str, Shift]:
    stored = comparisons.latest(warehouse, batch.id, "production")
    assert stored is not None
    return {each.column: each for each in (Shift.model_validate(each) for each in stored.figures)}


def a_cycle(context: Context, upstream: Answering) -> tuple[list[Outcome], list[BatchRow]]:
    """A first batch, one with columns of nulls, one of a single row, one with zeros; and one that is only decided."""
    frames = [
        rows(context.use_case, 1),
        rows(context.use_case, 2, Count=None, Code=None),
        rows(context.use_case, 3).head(1),
        rows(context.use_case, 4, Count=0),
    ]
    outcomes = [take(context, upstream, number, frame) for number, frame in enumerate(frames, 1)]
    decided_only(context, upstream, 5, rows(context.use_case, 5))
    with context.warehouse.begin() as connection:
        ids = list(connection.execute(sa.select(tables.batches.c.id).order_by(tables.batches.c.batch_number)).scalars())
    return outcomes, [batches.get(context.warehouse, each) for each in ids]


@pytest.mark.timeout(300)
def test_each_decision_of_a_cycle_follows_from_its_stored_figures_alone(context: Context, upstream: Answering) -> None:
    outcomes, taken = a_cycle(context, upstream)
    stored = stored_decisions(context.warehouse)

    assert [(row["kind"], row["choice"]) for row in stored] == [
        ("train", "train"),
        ("promote", "promote"),
        ("train", "skip"),
        ("train", "skip"),
        ("train", "train"),
        ("promote", "reject"),
        ("train", "train"),
    ]
    for row in stored:
        assert recomputed(row) == Decision(
            choice=row["choice"],
            reason=row["reason"],
            checks=tuple(Check.model_validate(each) for each in row["checks"]),
        )
    assert outcomes == [Outcome.PROMOTED, Outcome.NOT_TRAINED, Outcome.NOT_TRAINED, Outcome.REJECTED]
    the_figures_are_those_of_the_stored_comparisons_and_profiles(context, stored)
    the_pending_batches_counted(taken, stored)
    nulls_zeros_and_identifiers_were_safe(context, taken)
    every_reason_is_a_sentence(stored)


def recomputed(row: sa.RowMapping) -> Decision:
    """The decision anew, by the rules of its kind, from the JSON that was stored with it."""
    if row["kind"] == "train":
        return decide_training(TrainingFigures.model_validate(row["figures"]))
    return decide_promotion(GateFigures.model_validate(row["figures"]))


def the_figures_are_those_of_the_stored_comparisons_and_profiles(
    context: Context, stored: Sequence[sa.RowMapping]
) -> None:
    for row in stored:
        if row["kind"] != "train":
            continue
        batch = batches.get(context.warehouse, row["batch_id"])
        if batch.profile is None:  # refused: nothing was compared
            assert row["figures"]["changes"] == row["figures"]["shifts"] == []
            continue
        compared = comparisons.latest(context.warehouse, batch.id, "previous")
        assert compared is not None
        assert row["figures"]["changes"] == compared.figures
        if compared.reference:
            previous = Profile.model_validate(batches.get(context.warehouse, int(compared.reference)).profile)
            anew = compare_batches(previous, Profile.model_validate(batch.profile))
            assert set(anew) == {Change.model_validate(each) for each in compared.figures}


def the_pending_batches_counted(rows: Sequence[BatchRow], stored: Sequence[sa.RowMapping]) -> None:
    """The batch that did not trigger counts for the next decision, and for none after the training."""
    clean = [row.clean_rows or 0 for row in rows]
    pending = [row["figures"]["pending_rows"] for row in stored if row["kind"] == "train"]
    assert pending == [clean[0], clean[1], clean[1], clean[1] + clean[3], clean[4]]


def nulls_zeros_and_identifiers_were_safe(context: Context, rows: Sequence[BatchRow]) -> None:
    first, nulls, _, zeros, after = rows
    assert changes_of(context.warehouse, first) == {}
    assert shifts_of(context.warehouse, first) == {}
    now_null = changes_of(context.warehouse, nulls)
    assert {now_null[f"Count.{each}"].change for each in ("mean", "std", "median", "q75")} == {None}
    assert shifts_of(context.warehouse, nulls)["Code"] == Shift(column="Code")
    was_null = changes_of(context.warehouse, zeros)
    assert {was_null[f"Count.{each}"].change for each in ("mean", "std", "median", "q75")} == {None}
    from_zero = changes_of(context.warehouse, after)["Count.mean"]
    assert (from_zero.previous, from_zero.change) == (0.0, 1.0)
    compared = {name.split(".")[0] for name in from_zero_names(context, after)}
    assert compared == {"Length", "Count", "Colour", "Code", "Kind"}  # neither Shop nor Row, which are identifiers


def from_zero_names(context: Context, batch: BatchRow) -> set[str]:
    return {*changes_of(context.warehouse, batch), *shifts_of(context.warehouse, batch)}


def every_reason_is_a_sentence(stored: Sequence[sa.RowMapping]) -> None:
    told = [row["reason"] for row in stored]
    assert told[0] == "no model is in production"
    assert told[2] == "no drift rule fired"
    assert told[3] == "the batch was refused: rows: 1, limit 50"
    assert told[4].endswith(" rules fired")
    assert "words that production never saw (limit 1 %)" in told[4]
    assert " production's " in told[5]
    assert told[5].endswith("must be at least 0.9 better")
