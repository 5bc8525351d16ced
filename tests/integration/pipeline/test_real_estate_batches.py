"""Batches of listings that are not as they should be: each ends with a report and a clear state, nothing lost."""

from collections.abc import Callable, Iterator, Sequence

import pandas as pd
import pytest

from telar.adapters.warehouse import batches, clean, raw
from telar.adapters.warehouse.batches import BatchRow
from telar.domain.lifecycle import BatchStatus, Outcome
from telar.domain.use_case import UseCase
from telar.pipeline.context import Context
from telar.pipeline.decide import decide
from telar.pipeline.fetch import Ended, Fetched, fetch
from telar.pipeline.prepare import prepare
from tests.integration.pipeline.listings import LISTINGS, NAME, forget
from tests.integration.pipeline.place import Place
from tests.support.answering import Answering, Said, answering

pytestmark = pytest.mark.engines("postgresql")
Change = Callable[[pd.DataFrame], pd.DataFrame]
DATA, RESTART = f"/{NAME}/data?group_number=1", f"/{NAME}/restart_data_generation?group_number=1"
END = {"detail": "Ya se recolectó toda la información mínima necesaria"}
ROWS = 300
GOOD = LISTINGS.clean(LISTINGS.sample(2 * ROWS, 8)).head(ROWS).reset_index(drop=True).astype(object)


def put(column: str, values: Sequence[object]) -> Change:
    """Those values in the first rows."""
    return lambda frame: frame.assign(**{column: [*values, *frame[column][len(values) :]]})


USED: dict[str, tuple[Change, int]] = {
    "a few prices of text": (put("price", ["call me"] * 5), ROWS - 5),
    "prices of 0 and of 515 million": (put("price", [0, 515_000_000.0, 0.0]), ROWS - 3),
    "a new state with three rows": (put("state", ["New Brunswick"] * 3), ROWS),
    "a column of nulls": (lambda frame: frame.assign(bed=None), ROWS),
    "numbers sent as text": (lambda frame: frame.assign(zip_code="601.0", bath="2"), ROWS),
}
REFUSED: dict[str, tuple[Change, str]] = {
    "one row": (lambda frame: frame.head(1), "rows"),
    "prices that are all text": (lambda frame: frame.assign(price="call me"), "price"),
    "prices that are all 0": (lambda frame: frame.assign(price=0), "price"),
    "a number that became text": (lambda frame: frame.assign(house_size="large"), "house_size is now text"),
    "a state that became a number": (lambda frame: frame.assign(state=42.0), "state is now a number"),
}


@pytest.fixture
def use_cases() -> Sequence[UseCase]:
    return (LISTINGS,)


@pytest.fixture
def upstream() -> Iterator[Answering]:
    with answering({f"/{NAME}/": Said({"provenance": "upstream", "origin": "a test"})}) as running:
        running.answers[RESTART] = Said({"ok": True})
        yield running


@pytest.fixture
def context(bare: Place, upstream: Answering, mlflow_url: str) -> Context:
    forget(mlflow_url)
    bare.use_case, bare.source_url, bare.mlflow_url = LISTINGS, upstream.url, mlflow_url
    return bare.context()


def sent(upstream: Answering, frame: pd.DataFrame, number: int = 1) -> None:
    """What the upstream says from now on."""
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    data = [{str(name): value for name, value in record.items()} for record in records]
    upstream.answers[DATA] = Said({"group_number": 1, "batch_number": number, "data": data})


def taken(context: Context, run_id: str) -> BatchRow:
    """The batch of that run, fetched, prepared and decided on."""
    result = fetch(context, run_id)
    assert isinstance(result, Fetched), result
    prepare(context, result.batch_id)
    decide(context, result.batch_id, run_id)
    return batches.get(context.warehouse, result.batch_id)


@pytest.mark.parametrize("case", USED)
def test_a_batch_with_a_few_odd_listings_is_used_without_them(context: Context, upstream: Answering, case: str) -> None:
    change, kept = USED[case]
    sent(upstream, change(GOOD))

    batch = taken(context, "r1")

    assert (batch.status, batch.decision, batch.clean_rows) == (BatchStatus.PREPARED, "train", kept)
    assert len(raw.read(context.warehouse, LISTINGS, batch.id)) == ROWS


@pytest.mark.parametrize("case", REFUSED)
def test_a_batch_beyond_the_rules_is_kept_raw_and_refused_with_the_reason(
    context: Context, upstream: Answering, case: str
) -> None:
    change, told = REFUSED[case]
    sent(upstream, change(GOOD))

    batch = taken(context, "r1")

    assert (batch.status, batch.decision, batch.clean_rows) == (BatchStatus.REFUSED, "skip", 0)
    assert told in (batch.reason or "")
    assert len(raw.read(context.warehouse, LISTINGS, batch.id)) == len(change(GOOD))


def test_what_is_new_and_what_is_unreadable_is_counted_in_the_report(context: Context, upstream: Answering) -> None:
    sent(upstream, put("state", ["New Brunswick"] * 3)(put("price", ["call me"] * 5)(GOOD)))

    report = taken(context, "r1").validations["report"]

    assert report["new_categories"]["state"] == {"New Brunswick": 3}
    assert (report["columns"]["price"]["unreadable"], report["columns"]["price"]["nulls"]) == (5, 0)


def test_the_end_of_data_in_the_middle_of_a_cycle_begins_the_next_one(context: Context, upstream: Answering) -> None:
    sent(upstream, GOOD)
    first = taken(context, "r1")
    upstream.answers[DATA] = Said(END, status=400)
    ended = fetch(context, "r2")
    sent(upstream, GOOD)

    third = taken(context, "r3")

    assert isinstance(ended, Ended)
    assert ended.outcome is Outcome.END_OF_DATA
    assert (third.cycle, third.batch_number, third.status) == (2, 1, BatchStatus.PREPARED)
    assert len(raw.read(context.warehouse, LISTINGS, first.id)) == ROWS
    assert len(clean.read(context.warehouse, LISTINGS, batch_ids=[third.id])) == ROWS
