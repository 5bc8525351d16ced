"""History shows what the warehouse knows, read by the role that may only look."""

from collections.abc import Iterator

import pandas as pd
import pytest

from telar.adapters.warehouse import Warehouse, history, open_warehouse
from telar.domain.lifecycle import Provenance
from tests.services.portal.conftest import OpenPage, texts
from tests.services.portal.past import write_past
from tests.support.databases import TestDatabase


@pytest.fixture
def reader(database: TestDatabase, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    """The warehouse with a past, opened by the reader; the portal is pointed at it."""
    write_past(warehouse)
    monkeypatch.setenv("TELAR_WAREHOUSE_URL", database.reader_url.get_secret_value())
    with open_warehouse(database.reader_url) as opened:
        yield opened


def test_every_use_case_with_a_past_is_known(reader: Warehouse) -> None:
    assert history.use_cases(reader) == ["other", "tiny"]


def test_batches_come_newest_first_with_the_lost_one_among_them(reader: Warehouse) -> None:
    lines = history.batches(reader, "tiny", 10)
    assert sorted((line.batch_number, line.status) for line in lines) == [
        (1, "prepared"),
        (2, "lost_upstream"),
        (3, "stored"),
    ]
    lost = next(line for line in lines if line.batch_number == 2)
    assert (lost.provenance, lost.received_at, lost.total_records) == (None, None, None)


def test_origins_are_told_apart_and_lost_batches_come_from_nowhere(reader: Warehouse) -> None:
    found = {(each.provenance, each.batches, each.rows) for each in history.stored_origins(reader)}
    assert found == {(Provenance.SAMPLE, 1, 120), (Provenance.FILE, 1, 120)}
    assert all(each.last_received_at and each.last_received_at.tzinfo for each in history.stored_origins(reader))


def test_a_version_was_trained_on_the_batches_up_to_its_own_and_no_later_ones(reader: Warehouse) -> None:
    assert history.trained_on(reader, "tiny", "1") == (Provenance.SAMPLE,)
    assert history.trained_on(reader, "tiny", "99") == ()


def test_decisions_carry_every_check(reader: Warehouse) -> None:
    newest, first = history.decisions(reader, "tiny", 10)
    assert (first.batch_number, first.choice, first.reason) == (1, "train", "no model is in production")
    assert (newest.batch_number, newest.choice) == (3, "skip")
    check = next(check for check in newest.checks if check.name == "Length.mean")
    assert (check.value, check.threshold, check.holds) == (0.02, 0.15, False)


def test_runs_without_a_batch_have_a_home(reader: Warehouse) -> None:
    ends = {line.run_id: (line.outcome, line.batch_number) for line in history.runs(reader, "tiny", 10)}
    assert ends == {"run-1": ("promoted", 1), "run-4": ("failed", None), "run-5": ("end_of_data", None)}


def test_no_more_lines_than_asked_for_and_of_one_use_case_or_all(reader: Warehouse) -> None:
    assert len(history.batches(reader, None, 2)) == 2
    assert [line.use_case for line in history.runs(reader, "other", 10)] == ["other"]
    assert len(history.runs(reader, None, 10)) == 4


@pytest.mark.usefixtures("reader")
def test_the_page_shows_four_tables_and_the_checks_of_the_newest_decision(open_page: OpenPage) -> None:
    app = open_page("history")
    batches, sources, decisions, checks, promotions, runs = (each.value for each in app.dataframe)
    assert set(batches["Rows from"].dropna()) == {"GENERATED SAMPLE", "real, file"}
    assert "lost upstream" in batches["Status"].tolist()
    assert set(decisions["Decision"]) == {"train", "skip"}
    assert promotions["Event"].tolist() == ["external move", "in production", "intended"]
    assert "SourceUnavailable: no answer within 60 s" in runs["Reason"].tolist()
    assert {"failed", "end of data", "running", "promoted"} == set(runs["Outcome"])
    assert [*map(list, batches["What came of it"])] == [["✕ lost"], ["– not trained"], ["▲ trained, promoted"]]
    assert sources["Batches"].tolist() == ["2"]
    row = checks.set_index("Check").loc["Length: mean, change since the batch before"]
    assert (row["Value"], row["Threshold"], row["Result"]) == ("2 %", "15 %", "–")
    assert "no drift rule fired" in texts(app)


@pytest.mark.usefixtures("reader")
def test_another_decision_shows_its_own_checks_those_that_fired_first(open_page: OpenPage) -> None:
    app = open_page("history")
    older = app.selectbox(key="decision").options[1]
    app = app.selectbox(key="decision").select(older).run()
    assert "no model is in production" in texts(app)
    assert app.dataframe[3].value.iloc[0]["Result"] == "fired"


@pytest.mark.usefixtures("reader")
def test_the_filter_leaves_one_use_case(open_page: OpenPage) -> None:
    app = open_page("history")
    app = app.selectbox(key="use-case").select("other").run()
    assert [set(frame.value["Use case"]) for frame in app.dataframe] == [{"other"}]
    assert texts(app).count("Nothing yet.") == 4


@pytest.mark.usefixtures("reader")
def test_times_are_shown_in_utc_without_a_zone_of_the_browser(open_page: OpenPage) -> None:
    received = open_page("history").dataframe[0].value["Received (UTC)"].dropna().max()
    assert received == pd.Timestamp("2026-11-21 08:15:01")


@pytest.mark.usefixtures("reader")
def test_home_warns_of_generated_rows_in_the_warehouse_though_the_data_api_is_away(open_page: OpenPage) -> None:
    app = open_page("home")
    assert "GENERATED SAMPLE" in app.warning[0].value
    assert "1 batch with 120 rows from generated sample of Tiny; not real data" in texts(app)


def test_an_empty_warehouse_says_that_nothing_has_run(
    database: TestDatabase, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELAR_WAREHOUSE_URL", database.reader_url.get_secret_value())
    assert "Nothing has run yet." in texts(open_page("history"))


def test_without_the_warehouse_the_page_names_it(open_page: OpenPage) -> None:
    assert "**The warehouse is away.**" in texts(open_page("history"))
