"""One request, one batch, once: windows, retries, jumps and ends, against a real data API and each engine."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from telar.adapters.warehouse import batches, requests, runs, windows
from telar.adapters.warehouse.batches import BatchRow
from telar.domain.errors import MalformedAnswer, SourceRefused, SourceUnavailable
from telar.domain.lifecycle import BatchStatus, Outcome, RequestOutcome
from telar.pipeline.context import Context
from telar.pipeline.fetch import Ended, Fetched, Wait, fetch
from telar.pipeline.record import record, record_failure
from telar.pipeline.restart import restart_source
from tests.integration.pipeline.place import Place, Upstream
from tests.support.answering import Said, answering

NOW = datetime.now(UTC)
DUE = datetime(2026, 11, 21, 8, tzinfo=UTC)
DESCRIBED = {"provenance": "upstream", "origin": "a test"}
DATA = "/tiny/data?group_number=1"


def fetched(context: Context, run_id: str, **when: datetime) -> BatchRow:
    result = fetch(context, run_id, **when)
    assert isinstance(result, Fetched), result
    return batches.get(context.warehouse, result.batch_id)


def outcomes(context: Context, cycle: int = 1) -> list[str | None]:
    return [asked.outcome for asked in requests.in_cycle(context.warehouse, *context.feed, cycle)]


def statuses(context: Context) -> dict[int, str]:
    with context.warehouse.begin() as connection:
        rows = connection.exec_driver_sql("SELECT batch_number, status FROM batch_status").all()
    return {each.batch_number: each.status for each in rows}


def answer(number: int) -> dict[str, object]:
    return {"group_number": 1, "batch_number": number, "data": [["4.2", "30", "red", "1"]] * 3}


def test_a_batch_is_stored_as_the_data_api_logged_it(collecting: Place, data_api: Upstream) -> None:
    batch = fetched(collecting.context(), "r1")
    (logged,) = data_api.answers()

    assert (batch.batch_number, batch.cycle, batch.status, batch.total_records) == (1, 1, BatchStatus.STORED, 600)
    assert collecting.stored_digest(batch) == logged.rows_sha256
    assert batch.payload_sha256 == logged.payload_sha256
    assert batch.provenance == "sample"
    assert "not real data" in (batch.origin or "")


def test_a_run_that_fetches_again_gets_the_batch_that_it_stored(collecting: Place, data_api: Upstream) -> None:
    context = collecting.context()

    assert fetched(context, "r1") == fetched(context, "r1")
    assert len(data_api.answers()) == 1


def test_the_runs_of_one_moment_share_the_window_among_them(collecting: Place, data_api: Upstream) -> None:
    collecting.window_seconds = 300

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda run: fetch(collecting.context(), run, now=NOW), ("r1", "r2", "r3", "r4")))

    waiting = [result.until for result in results if isinstance(result, Wait)]
    assert len(data_api.answers()) == 1
    assert len(waiting) == 3
    assert min(waiting) >= NOW + timedelta(seconds=315)


def test_a_number_that_is_stored_already_is_not_stored_again(bare: Place) -> None:
    with answering({"/tiny/": Said(DESCRIBED), DATA: Said(answer(1))}) as upstream:
        bare.source_url = upstream.url
        context = bare.context()
        fetched(context, "r1")

        result = fetch(context, "r2", now=NOW + timedelta(hours=1))

    assert isinstance(result, Wait)
    assert result.until > NOW + timedelta(hours=1)
    assert outcomes(context) == [RequestOutcome.STORED, RequestOutcome.ALREADY_STORED]
    assert batches.of_run(context.warehouse, "tiny", "r2") is None


def test_a_jump_in_the_numbers_leaves_a_row_for_each_lost_batch(bare: Place) -> None:
    with answering({"/tiny/": Said(DESCRIBED), DATA: Said(answer(1))}) as upstream:
        bare.source_url = upstream.url
        context = bare.context()
        fetched(context, "r1")
        upstream.answers[DATA] = Said(answer(4))
        fetched(context, "r2")

    assert statuses(context) == {1: "stored", 2: "lost_upstream", 3: "lost_upstream", 4: "stored"}


def test_the_end_of_data_is_an_outcome_and_no_failure(collecting: Place) -> None:
    context = collecting.context()
    for number in range(1, 5):
        assert fetched(context, f"r{number}").batch_number == number

    ended = fetch(context, "r5")

    assert isinstance(ended, Ended)
    assert ended.outcome is Outcome.END_OF_DATA
    assert record(context, "r5") is Outcome.END_OF_DATA
    assert outcomes(context)[-1] == RequestOutcome.END_OF_DATA
    assert set(statuses(context).values()) == {"stored"}


def test_a_batch_that_was_lost_at_the_very_end_is_told_by_the_number_of_batches(bare: Place) -> None:
    described = Said(DESCRIBED | {"batches": 3})
    with answering({"/tiny/": described, DATA: Said(answer(1))}) as upstream:
        bare.source_url = upstream.url
        context = bare.context()
        fetched(context, "r1")
        upstream.answers[DATA] = Said({"detail": "Ya se recolectó toda la información mínima necesaria"}, 400)

        ended = fetch(context, "r2")

    assert isinstance(ended, Ended)
    assert ended.reason.endswith("2 of its batches never arrived")
    assert statuses(context) == {1: "stored", 2: "lost_upstream", 3: "lost_upstream"}


def test_without_a_number_of_batches_each_request_that_nobody_heard_of_counts_as_lost(bare: Place) -> None:
    with answering({"/tiny/": Said(DESCRIBED), DATA: Said("not JSON")}) as upstream:
        bare.source_url = upstream.url
        context = bare.context()
        with pytest.raises(MalformedAnswer):
            fetch(context, "r1")
        upstream.answers[DATA] = Said({"detail": "Ya se recolectó toda la información mínima necesaria"}, 400)

        fetch(context, "r1")

    assert outcomes(context) == [RequestOutcome.LOST, RequestOutcome.END_OF_DATA]
    assert statuses(context) == {1: "lost_upstream"}


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said({"detail": "broken"}, 500), SourceUnavailable),
        (Said({"detail": "Número de grupo inválido"}, 400), SourceRefused),
        (Said("", 200), MalformedAnswer),
        (Said("<html>", 200), MalformedAnswer),
        (Said({"group_number": 1, "batch_number": 1, "data": []}), MalformedAnswer),
        (Said({"group_number": 1, "batch_number": 1, "data": [["1", "2"]]}), MalformedAnswer),
    ],
)
def test_a_bad_answer_fails_the_run_with_its_cause_and_stores_nothing(
    bare: Place, said: Said, error: type[Exception]
) -> None:
    with answering({"/tiny/": Said(DESCRIBED), DATA: said}) as upstream:
        bare.source_url = upstream.url
        context = bare.context()
        with pytest.raises(error) as raised:
            fetch(context, "r1")
        record_failure(context, "r1", raised.value)

    run = runs.get(context.warehouse, "tiny", "r1")
    assert run is not None
    assert (run.outcome, run.batch_id) == ("failed", None)
    assert str(raised.value) in (run.error or "")
    assert batches.of_run(context.warehouse, "tiny", "r1") is None


def test_after_an_error_status_the_upstream_is_asked_again_at_once(bare: Place) -> None:
    bare.window_seconds = 300
    with answering({"/tiny/": Said(DESCRIBED), DATA: Said("", 500)}) as upstream:
        bare.source_url = upstream.url
        context = bare.context()
        with pytest.raises(SourceUnavailable):
            fetch(context, "r1")
        upstream.answers[DATA] = Said(answer(1))

        assert fetched(context, "r1").batch_number == 1

    assert outcomes(context) == [RequestOutcome.FAILED, RequestOutcome.STORED]


def test_after_a_time_out_the_window_stays_closed_since_a_batch_may_be_gone(bare: Place) -> None:
    bare.window_seconds = 300
    silent = Said(None, hold=threading.Event())
    with answering({"/tiny/": Said(DESCRIBED), DATA: silent}) as upstream:
        bare.source_url = upstream.url
        with pytest.raises(SourceUnavailable):
            fetch(bare.context(timeout_seconds=0.5), "r1", now=NOW)

        context = bare.context()
        assert isinstance(fetch(context, "r1", now=NOW + timedelta(seconds=200)), Wait)
        upstream.answers[DATA] = Said(answer(2))
        assert fetched(context, "r1", now=NOW + timedelta(seconds=316)).batch_number == 2

    assert statuses(context) == {1: "lost_upstream", 2: "stored"}


def test_an_upstream_that_is_away_costs_neither_window_nor_batch(collecting: Place, data_api: Upstream) -> None:
    collecting.window_seconds = 300
    context = collecting.context()
    data_api.api.stop()
    with pytest.raises(SourceUnavailable, match="is the data API up"):
        fetch(context, "r1")

    data_api.api.start()
    data_api.api.wait_for("tiny")

    assert fetched(context, "r1").batch_number == 1


def test_a_restart_begins_a_new_cycle_with_the_first_batch(collecting: Place, data_api: Upstream) -> None:
    context = collecting.context()
    fetched(context, "r1")
    fetched(context, "r2")

    assert restart_source(context, "r3") == 2
    third = fetched(context, "r3")

    assert (third.cycle, third.batch_number) == (2, 1)
    assert [each.batch for each in data_api.answers()] == [1, 2, 1]


def test_the_retry_of_a_run_restarts_nothing_a_second_time(collecting: Place) -> None:
    context = collecting.context()
    fetched(context, "r1")
    restart_source(context, "r2")
    fetched(context, "r2")

    assert restart_source(context, "r2") == 2
    assert windows.current_cycle(context.warehouse, *context.feed) == 2


def test_a_run_that_is_too_late_ends_as_missed_without_asking(collecting: Place, data_api: Upstream) -> None:
    context = collecting.context()

    ended = fetch(context, "r1", due=DUE, now=DUE + timedelta(minutes=5 * 11))

    assert isinstance(ended, Ended)
    assert record(context, "r1") is Outcome.MISSED
    assert "11 intervals of the schedule ago" in ended.reason
    assert data_api.answers() == []


def test_a_run_that_is_late_within_the_limit_is_caught_up(collecting: Place) -> None:
    assert fetched(collecting.context(), "r1", due=DUE, now=DUE + timedelta(minutes=5 * 10)).batch_number == 1
