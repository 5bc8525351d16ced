"""An upstream that has handed out everything and is begun again: a new cycle, tables that begin empty, nothing lost."""

import signal
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from telar.adapters.warehouse import batches, clean, raw, windows
from telar.adapters.warehouse.batches import BatchRow
from telar.domain.errors import DataError
from telar.domain.lifecycle import BatchStatus, Outcome
from telar.pipeline.cleaning import clean_rows
from telar.pipeline.context import Context
from telar.pipeline.fetch import Ended, Fetched, fetch
from telar.pipeline.prepare import prepare
from telar.pipeline.restart import begin_again, clear_former
from telar.pipeline.train import training_rows
from tests.integration.pipeline.place import Place, Upstream
from tests.support.answering import Said, answering
from tests.support.tiny import TINY, TINY_FOLDER

KILLS = ("restart.after_cycle", "restart.clearing")
END = "Ya se recolectó toda la información minima necesaria"


def begun_again(place: Place, folder: Path, keep_raw: bool = True) -> Place:
    """TINY with a source that is begun again, here and for steps in a process of their own."""
    source = TINY.source.model_copy(update={"on_exhausted": "restart", "keep_raw": keep_raw})
    place.use_case = TINY.model_copy(update={"source": source})
    text = (TINY_FOLDER / "tiny.py").read_text()
    assert "answer_share=0.5, " in text
    place.use_cases = folder / "use_cases"
    place.use_cases.mkdir()
    changed = f'answer_share=0.5, on_exhausted="restart", keep_raw={keep_raw}, '
    (place.use_cases / "tiny.py").write_text(text.replace("answer_share=0.5, ", changed))
    return place


def fetched(place: Place, run_id: str) -> BatchRow:
    result = fetch(place.context(), run_id)
    assert isinstance(result, Fetched), result
    return batches.get(place.warehouse, result.batch_id)


def taken(place: Place, run_id: str) -> BatchRow:
    """A batch with its clean rows, its run over."""
    batch = fetched(place, run_id)
    rows = clean_rows(place.use_case, raw.read(place.warehouse, place.use_case, batch.id))
    clean.store(place.warehouse, place.use_case, batch.id, rows)
    batches.update(
        place.warehouse, batch.id, status=BatchStatus.PREPARED, outcome="not_trained", finished_at=datetime.now(UTC)
    )
    return batch


def state(place: Place) -> list[tuple[int, int, str]]:
    return [(row.cycle, row.batch_number, row.status) for row in place.batches()]


@pytest.mark.parametrize("keep_raw", [True, False])
def test_the_run_that_finds_everything_handed_out_gets_the_first_batch_of_a_new_cycle(
    collecting: Place, data_api: Upstream, tmp_path: Path, keep_raw: bool
) -> None:
    place = begun_again(collecting, tmp_path, keep_raw)
    first = [taken(place, f"r{number}") for number in range(1, 5)]

    fifth = fetched(place, "r5")

    assert (fifth.cycle, fifth.batch_number) == (2, 1)
    assert state(place) == [*((1, number, "cleared") for number in range(1, 5)), (2, 1, "stored")]
    assert clean.read(place.warehouse, place.use_case).empty
    kept = [len(raw.read(place.warehouse, place.use_case, batch.id)) for batch in first]
    assert kept == ([600] * 4 if keep_raw else [0] * 4)
    assert len(raw.read(place.warehouse, place.use_case, fifth.id)) == 600
    assert batches.previous(place.warehouse, fifth.id) == batches.get(place.warehouse, first[-1].id)
    handed_out = Counter((each.cycle - data_api.answers()[0].cycle + 1, each.batch) for each in data_api.answers())
    assert handed_out == Counter((row.cycle, row.batch_number) for row in place.batches())


def test_a_cycle_keeps_its_rows_until_the_last_of_its_runs_is_over_for_they_are_what_that_one_trains_on(
    collecting: Place, data_api: Upstream, tmp_path: Path
) -> None:
    assert data_api.answers() == []
    place = begun_again(collecting, tmp_path)
    first = [taken(place, f"r{number}") for number in range(1, 5)]
    batches.update(place.warehouse, first[2].id, finished_at=None)

    fetched(place, "r5")
    kept = training_rows(place.context(), first[2].id)
    batches.update(place.warehouse, first[2].id, finished_at=datetime.now(UTC))
    fetched(place, "r6")

    assert kept.batches == tuple(batch.id for batch in first[:3])
    assert clean.read(place.warehouse, place.use_case).empty


def test_a_run_that_meets_a_cycle_begun_a_moment_ago_asks_only_an_upstream_that_was_restarted_for_it(
    collecting: Place, data_api: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = begun_again(collecting, tmp_path)
    for number in range(1, 5):
        taken(place, f"r{number}")

    def another_begins(context: Context) -> None:
        clear_former(context)
        begin_again(context, ended=1)

    with monkeypatch.context() as patched:
        patched.setattr("telar.pipeline.fetch.clear_former", another_begins)
        met = fetched(place, "r5")

    assert (met.cycle, met.batch_number) == (2, 1)
    assert (fetched(place, "r6").cycle, len(data_api.answers())) == (2, 6)
    assert [status for _, _, status in state(place)] == ["cleared"] * 4 + ["stored"] * 2


def test_a_run_of_a_cleared_cycle_cannot_be_repeated_and_one_that_goes_on_in_time_keeps_its_rows(
    collecting: Place, data_api: Upstream, tmp_path: Path
) -> None:
    assert data_api.answers() == []
    place = begun_again(collecting, tmp_path)
    first = [taken(place, f"r{number}") for number in range(1, 5)]

    assert fetched(place, "r4").finished_at is None, "under way again"
    fetched(place, "r5")
    assert {row.status for row in place.batches()[:4]} == {"prepared"}
    batches.update(place.warehouse, first[3].id, finished_at=datetime.now(UTC))
    fetched(place, "r6")

    with pytest.raises(DataError, match="start a new run"):
        prepare(place.context(), fetched(place, "r4").id)
    assert {row.status for row in place.batches()[:4]} == {"cleared"}


@pytest.mark.parametrize("failpoint", KILLS)
def test_killed_while_the_source_is_begun_again(
    collecting: Place, data_api: Upstream, tmp_path: Path, failpoint: str
) -> None:
    place = begun_again(collecting, tmp_path)
    for number in range(1, 5):
        taken(place, f"r{number}")
    killed = place.step("fetch", "r5", failpoint)
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    fifth = fetched(place, "r5")

    assert (fifth.cycle, fifth.batch_number) == (2, 1)
    assert [status for _, _, status in state(place)] == ["cleared"] * 4 + ["stored"]
    assert clean.read(place.warehouse, place.use_case).empty
    assert len(data_api.answers()) == 5


def test_an_upstream_that_stays_exhausted_is_begun_again_once_and_the_run_ends(bare: Place, tmp_path: Path) -> None:
    place = begun_again(bare, tmp_path)
    answers = {
        "/tiny/": Said({"provenance": "upstream", "origin": "a test"}),
        "/tiny/data?group_number=1": Said({"detail": END}, status=400),
        "/tiny/restart_data_generation?group_number=1": Said({"ok": True}),
    }
    with answering(answers) as upstream:
        place.source_url = upstream.url
        end = fetch(place.context(), "r1")

    assert isinstance(end, Ended)
    assert end.outcome is Outcome.END_OF_DATA
    assert windows.current_cycle(place.warehouse, "tiny", "data_api", 1) == 2


def test_a_source_that_is_to_stop_stops(collecting: Place, data_api: Upstream) -> None:
    for number in range(1, 5):
        taken(collecting, f"r{number}")

    end = fetch(collecting.context(), "r5")

    assert isinstance(end, Ended)
    assert len(clean.read(collecting.warehouse, TINY)) > 1_000
    assert len(data_api.answers()) == 4
