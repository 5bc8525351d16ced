"""Runs, commands and people at work on one use case at once: the ledger, the files, the restart and the gate."""

import shutil
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier

import pytest

from telar.adapters.warehouse import ledger, requests
from telar.pipeline import promote as promote_module
from telar.pipeline import restart as restart_module
from telar.pipeline.decide import gather_figures
from telar.pipeline.fetch import Fetched, fetch
from telar.pipeline.gate import gate, held_out_rows, last_verdict
from telar.pipeline.prepare import prepare
from telar.pipeline.production import forget_versions, version_files, versions_in_use
from telar.pipeline.promote import promote
from telar.pipeline.reconcile import reconcile
from telar.pipeline.restart import restart_source
from tests.integration.pipeline.place import Place, challenger

pytestmark = pytest.mark.engines("postgresql")
WHILE_SECONDS = 2


def test_nobody_judges_a_promotion_that_is_under_way(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    context = place.context()
    batch_id, version = challenger(context, "r1")
    with ThreadPoolExecutor(1) as pool:

        def another_looks(name: str) -> None:
            if name == "promote.after_intended":
                wait([pool.submit(reconcile, place.context())], timeout=WHILE_SECONDS)

        monkeypatch.setattr(promote_module, "reach", another_looks)
        promote(context, batch_id, version, "r1")

    lines = [(line.state, line.version) for line in ledger.history(context.warehouse, "tiny")]
    assert lines == [("intended", version), ("done", version)]


def test_a_run_that_was_held_up_is_judged_on_the_rows_of_the_later_batch_too(place: Place) -> None:
    context = place.context()
    (first, old), (second, new) = challenger(context, "r1"), challenger(context, "r2")
    promote(context, second, new, "r2")

    gate(context, first, old, "r1")

    verdict = last_verdict(context, first, "r1")
    assert verdict is not None
    assert verdict.rows == len(held_out_rows(context, second)) > len(held_out_rows(context, first))


def test_rows_of_a_later_batch_are_pending_for_its_own_decision_and_for_no_earlier_one(place: Place) -> None:
    context = place.context()
    stored = [fetch(context, run_id) for run_id in ("r1", "r2")]
    reports = [prepare(context, each.batch_id) for each in stored if isinstance(each, Fetched)]

    pending = [gather_figures(context, report.batch_id, force=False).pending_rows for report in reports]

    assert pending == [reports[0].clean_rows, reports[0].clean_rows + reports[1].clean_rows]


def test_the_files_of_a_version_stay_while_anybody_reads_them(place: Place) -> None:
    context = place.context()
    _, version = challenger(context, "r1")

    with versions_in_use(context):
        folder = version_files(context, version)
        forget_versions(place.context(), ())
        assert (folder / "contract.json").exists()
    forget_versions(context, ())

    assert list(folder.parent.iterdir()) == []


def test_a_deletion_that_was_cut_short_leaves_nothing_that_passes_for_a_version(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = place.context()
    _, version = challenger(context, "r1")
    whole = version_files(context, version)
    names = {path.name for path in whole.iterdir()}

    def cut_short(folder: str, **_: object) -> None:
        raise KeyboardInterrupt(folder)

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", cut_short)
        with pytest.raises(KeyboardInterrupt):
            forget_versions(context, ())

    assert not whole.exists()
    assert {path.name for path in version_files(context, version).iterdir()} == names
    forget_versions(context, (version,))
    assert list(whole.parent.iterdir()) == [whole]


def test_two_who_restart_the_source_at_once_begin_one_cycle(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch(place.context(), "r1")
    both, look = Barrier(2, timeout=30), requests.in_cycle

    def together(*asked: object) -> object:
        found = look(*asked)  # type: ignore[arg-type]
        both.wait()
        return found

    monkeypatch.setattr(restart_module.requests, "in_cycle", together)
    with ThreadPoolExecutor(2) as pool:
        cycles = list(pool.map(lambda _: restart_source(place.context()), range(2)))

    assert cycles == [2, 2]


def test_a_retry_restarts_nothing_after_another_run_has_asked_in_the_cycle_that_it_began(place: Place) -> None:
    context = place.context()
    fetch(context, "r1")
    assert restart_source(context, "r2") == 2
    fetch(context, "r3")

    assert restart_source(context, "r2") == 2
