"""Batches that are not as they should be: each is stored raw and ends with a report and a decision."""

from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from telar.adapters.warehouse import batches, comparisons, decisions, raw
from telar.adapters.warehouse.batches import BatchRow
from telar.domain.decisions import TrainingFigures, decide_training
from telar.domain.lifecycle import BatchStatus, Outcome
from telar.domain.quality import QualityReport, check_quality, refusal
from telar.pipeline.context import Context
from telar.pipeline.decide import decide
from telar.pipeline.fetch import Fetched, fetch
from telar.pipeline.prepare import prepare
from telar.pipeline.record import record
from tests.integration.pipeline.place import Place
from tests.support.answering import Answering, Said, answering
from tests.support.tiny import TINY

pytestmark = pytest.mark.engines("postgresql")
Change = Callable[[pd.DataFrame], pd.DataFrame]
ROWS = 300
NULL = None


def good() -> pd.DataFrame:
    return TINY.sample(ROWS, 1).astype(str).astype(object)


def put(frame: pd.DataFrame, column: str, count: int, value: str | None) -> pd.DataFrame:
    frame.loc[frame.index[:count], column] = value
    return frame


USABLE: dict[str, tuple[Change, dict[str, object]]] = {
    "a new category": (lambda f: put(f, "Colour", 30, "pink"), {"new_categories": {"Colour": {"pink": 30}}}),
    "a new column": (lambda f: f.assign(Width="3"), {"new_columns": ["Width"]}),
    "some nulls": (lambda f: put(f, "Count", 20, NULL), {}),
    "some duplicates": (lambda f: pd.concat([f, f.head(40)]), {}),
    "some unreadable numbers": (lambda f: put(f, "Count", 5, "many"), {}),
    "some values out of range": (lambda f: put(f, "Length", 5, "-4"), {}),
    "some unknown classes": (lambda f: put(f, "Kind", 5, "9"), {}),
    "the columns in another order": (lambda f: f[f.columns[::-1]], {}),
}
REFUSED: dict[str, tuple[Change, str]] = {
    "a missing column": (lambda f: f.drop(columns="Count"), "missing columns: Count"),
    "a missing target": (lambda f: f.drop(columns="Kind"), "missing columns: Kind"),
    "a number retyped to text": (lambda f: f.assign(Count="many"), "retyped columns: Count is now text"),
    "a category retyped to a number": (lambda f: f.assign(Colour="7"), "retyped columns: Colour is now a number"),
    "mostly duplicates": (lambda f: pd.concat([f.head(60)] * 5), "duplicate rows: 0.8"),
    "mostly nulls": (lambda f: put(f, "Length", 200, NULL), "Length, share of nulls: 0.6667, limit 0.5"),
    "a column of nulls": (lambda f: f.assign(Length=NULL), "Length, share of nulls: 1, limit 0.5"),
    "one row": (lambda f: f.head(1), "rows: 1, limit 50"),
    "mostly out of range": (lambda f: put(f, "Length", 100, "400"), "Length, share of values out of range: 0.3333"),
    "mostly unknown classes": (lambda f: put(f, "Kind", 100, "9"), "Kind, share of unreadable values: 0.3333"),
}


@pytest.fixture
def upstream() -> Iterator[Answering]:
    with answering({"/tiny/": Said({"provenance": "upstream", "origin": "a test"})}) as running:
        yield running


@pytest.fixture
def context(bare: Place, upstream: Answering, empty_mlflow: str) -> Context:
    bare.source_url, bare.mlflow_url = upstream.url, empty_mlflow
    return bare.context()


def take(context: Context, upstream: Answering, frame: pd.DataFrame, number: int = 1) -> BatchRow:
    """The batch of these rows, fetched, prepared and decided on."""
    data = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    body = {"group_number": 1, "batch_number": number, "data": data}
    upstream.answers["/tiny/data?group_number=1"] = Said(body)
    result = fetch(context, f"r{number}")
    assert isinstance(result, Fetched)
    prepare(context, result.batch_id)
    decide(context, result.batch_id, f"r{number}")
    return batches.get(context.warehouse, result.batch_id)


@pytest.mark.parametrize("case", USABLE)
def test_a_batch_with_a_few_faults_is_cleaned_and_used(context: Context, upstream: Answering, case: str) -> None:
    change, told = USABLE[case]
    frame = change(good())

    batch = take(context, upstream, frame)

    assert (batch.status, batch.decision) == (BatchStatus.PREPARED, "train")
    assert len(raw.read(context.warehouse, TINY, batch.id)) == batch.total_records == len(frame)
    assert 0 < (batch.clean_rows or 0) <= ROWS
    assert told.items() <= batch.validations["report"].items()


@pytest.mark.parametrize("case", REFUSED)
def test_a_batch_beyond_the_rules_is_kept_raw_and_refused_with_the_reason(
    context: Context, upstream: Answering, case: str
) -> None:
    change, reason = REFUSED[case]
    frame = change(good())

    batch = take(context, upstream, frame)

    assert (batch.status, batch.decision) == (BatchStatus.REFUSED, "skip")
    assert (batch.reason or "").startswith(reason)
    assert len(raw.read(context.warehouse, TINY, batch.id)) == len(frame)
    assert (batch.clean_rows, batch.profile) == (0, None)
    assert record(context, "r1", batch.id) is Outcome.NOT_TRAINED
    report = QualityReport.model_validate(batch.validations["report"])
    assert (refusal(check_quality(report, TINY.quality)) or "").startswith(reason)


def test_a_refused_batch_is_passed_over_by_the_comparison_with_the_previous_one(
    context: Context, upstream: Answering
) -> None:
    first = take(context, upstream, good(), 1)
    take(context, upstream, good().head(1), 2)

    third = take(context, upstream, good(), 3)

    compared = comparisons.latest(context.warehouse, third.id, "previous")
    assert compared is not None
    assert compared.reference == str(first.id)
    assert {figure["change"] for figure in compared.figures} == {0.0}


def test_a_stored_decision_can_be_recomputed_from_what_the_warehouse_holds(
    context: Context, upstream: Answering
) -> None:
    take(context, upstream, good(), 1)
    shifted = good().assign(Length=lambda f: (f["Length"].astype(float) * 2).astype(str))
    batch = take(context, upstream, shifted, 2)

    stored = decisions.latest(context.warehouse, "tiny", "train", batch.id)

    assert stored is not None
    recomputed = decide_training(TrainingFigures.model_validate(stored.figures))
    assert (recomputed.choice, recomputed.reason) == (stored.choice, stored.reason)
    assert [check.model_dump(mode="json") for check in recomputed.checks] == stored.checks
    assert any(check["name"] == "Length.mean" and check["holds"] for check in stored.checks)
