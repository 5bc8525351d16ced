"""Where rows come from: a file that fits, else a download, else the sample; and it is always told which."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
import requests

from services.data_api.building import Order, build
from services.data_api.feed import Feed, open_feed, texts
from telar.adapters.sources import DataApiClient
from telar.adapters.sources.origins import from_sample
from telar.use_cases import discover
from tests.support.data_api_server import run_data_api
from tests.support.hostile import Act, hostile, http, silent
from tests.support.real_data import REAL_DATA, needs_real_data
from tests.support.tiny import TINY, TINY_FOLDER
from tests.support.uci import published_covertype

COVER_TYPE = discover(None).get("cover_type")


def order(folder: Path, **given: object) -> Order:
    """What to build for Cover Type: no download, a small sample."""
    fields = {"data_folder": folder / "data", "download": False, "sample_rows": 300, "uci_url": None, **given}
    return Order.model_validate(
        {
            "use_case": "cover_type",
            "use_cases": TINY_FOLDER,
            "state_folder": folder / "state",
            "download_timeout_seconds": 1,
            **fields,
        }
    )


def built(given: Order) -> Feed:
    """The feed, by a process of its own as the service starts it."""
    command = [sys.executable, "-m", "services.data_api.building", given.model_dump_json()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert not done.stderr
    return open_feed(Path(json.loads(done.stdout.splitlines()[-1])["feed"]))


def rows_of(feed: Feed) -> set[tuple[str | None, ...]]:
    return {tuple(row) for row in texts(feed.draw(0, feed.manifest.rows, feed.manifest.rows))}


def as_text(frame: pd.DataFrame) -> set[tuple[str, ...]]:
    return {tuple(row) for row in frame.astype(str).itertuples(index=False)}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", ["any name.csv", "rows.parquet", "covtype.data", "x.csv.gz"])
def test_a_file_in_the_published_form_is_served_whatever_its_name(tmp_path: Path, data: Path, name: str) -> None:
    frame = published_covertype(500)
    if name.endswith("parquet"):
        frame.to_parquet(data / name)
    else:
        frame.to_csv(data / name, index=False, header=".data" not in name)
    feed = open_feed(build(order(tmp_path)))
    assert feed.manifest.provenance == "file"
    assert feed.manifest.origin == f"UCI Covertype, 500 rows from {name}"
    assert rows_of(feed) == as_text(COVER_TYPE.sample(500, 1))


def test_a_file_in_the_form_of_the_api_goes_before_a_published_one(tmp_path: Path, data: Path) -> None:
    published_covertype(500).to_csv(data / "a.csv", index=False)
    COVER_TYPE.sample(700, 2).to_csv(data / "b.csv", index=False)
    manifest = open_feed(build(order(tmp_path))).manifest
    assert manifest.origin == "UCI Covertype, 700 rows from b.csv"


def test_files_that_do_not_fit_are_named_with_their_reason_and_the_sample_says_what_it_is(
    tmp_path: Path, data: Path
) -> None:
    (data / "people.csv").write_text("name,age\nAda,36\n")
    (data / "broken.parquet").write_bytes(b"not Parquet")
    (data / "empty.csv").write_bytes(b"")
    published_covertype(20).drop(columns="Slope").to_csv(data / "lacking.csv", index=False)
    manifest = open_feed(build(order(tmp_path))).manifest
    assert manifest.provenance == "sample"
    assert manifest.origin == "generated sample of 300 made-up rows in the form of UCI Covertype; not real data"
    told = " ".join(manifest.notes)
    for expected in (
        "people.csv does not fit: not UCI Covertype: 55 of its 55 columns are missing",
        "broken.parquet does not fit: broken.parquet cannot be read",
        "empty.csv does not fit",
        "lacking.csv does not fit: not UCI Covertype: 1 of its 55 columns are missing (Slope, ...)",
    ):
        assert expected in told


def test_a_changed_file_makes_another_feed_and_an_unchanged_one_is_read_once(tmp_path: Path, data: Path) -> None:
    COVER_TYPE.sample(100, 1).to_csv(data / "a.csv", index=False)
    first = build(order(tmp_path))
    assert build(order(tmp_path)) == first
    COVER_TYPE.sample(100, 2).to_csv(data / "a.csv", index=False)
    assert rows_of(open_feed(build(order(tmp_path)))) == as_text(COVER_TYPE.sample(100, 2))


def test_numbers_missing_in_a_file_are_nulls_and_whole_numbers_stay_whole(tmp_path: Path, data: Path) -> None:
    frame = TINY.sample(40, 1)
    frame.loc[0, "Count"] = None
    frame.loc[1, "Colour"] = None
    frame.to_csv(data / "tiny.csv", index=False)
    rows = rows_of(open_feed(build(order(tmp_path, use_case="tiny"))))
    assert sum(row[1] is None for row in rows) == 1
    assert sum(row[2] is None for row in rows) == 1
    assert all(row[1] is None or row[1].isdigit() for row in rows)


def test_rows_come_from_the_repository_once_and_are_kept(tmp_path: Path) -> None:
    with uci(published_covertype(600).to_csv(index=False).encode()) as (url, asked):
        given = order(tmp_path, data_folder=None, download=True, uci_url=url)
        manifest = built(given).manifest
        assert manifest.provenance == "download"
        assert manifest.origin == "UCI Covertype, 600 rows downloaded from the UCI repository (id 31)"
        assert len(asked) == 2
        assert built(given).manifest == manifest
        assert len(asked) == 2


def test_a_download_that_ends_in_the_middle_is_not_kept_and_the_sample_takes_its_place(tmp_path: Path) -> None:
    csv = published_covertype(600).to_csv(index=False).encode()
    with uci(http(csv[: len(csv) // 2], length=len(csv))) as (url, asked):
        given = order(tmp_path, data_folder=None, download=True, uci_url=url)
        manifest = built(given).manifest
        assert manifest.provenance == "sample"
        assert "ended after" in manifest.notes[0]
        assert not list((tmp_path / "state" / "downloads").glob("*"))
        built(given)
        assert len(asked) == 4


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (silent, "cannot be downloaded"),
        (http(b"Internal Server Error", 500), "cannot be downloaded"),
        (http(b"<html>maintenance</html>"), "is not what was expected"),
        (http({"status": 404, "message": "no such data set"}), "no such data set"),
        (http({}), "is not what was expected"),
    ],
    ids=["silent", "500", "HTML", "404", "no fields"],
)
def test_a_repository_that_fails_costs_seconds_and_is_told(tmp_path: Path, act: Act, reason: str) -> None:
    with hostile({"/api": act}) as server:
        manifest = built(order(tmp_path, data_folder=None, download=True, uci_url=f"{server.url}/api")).manifest
    assert manifest.provenance == "sample"
    assert reason in manifest.notes[0]


def test_a_file_that_fits_at_first_sight_and_is_wrong_inside_is_never_replaced_by_a_sample(
    tmp_path: Path, data: Path
) -> None:
    frame = published_covertype(500)
    frame.loc[321, "Cover_Type"] = 9
    frame.to_csv(data / "covtype.csv", index=False)
    with run_data_api(tmp_path, use_case="cover_type", use_cases=None, data_folder=data) as api:
        answer = requests.get(f"{api.url}/data?group_number=1", timeout=60)
        assert answer.status_code == 503
        assert "covtype.csv: row 321: Cover_Type is" in answer.json()["detail"]
        assert api.health()["status"] == "degraded"


@needs_real_data
def test_the_published_rows_are_served_as_uci_covertype_in_answers_of_5810(tmp_path: Path) -> None:
    with run_data_api(tmp_path, use_case="cover_type", use_cases=None, data_folder=REAL_DATA) as api:
        told = DataApiClient(api.url, COVER_TYPE, True, 60).describe()
        assert (told.provenance, told.batches, told.window_seconds) == ("file", 10, 300)
        assert told.origin == "UCI Covertype, 581,012 rows from covertype_course_form.parquet"
        answer = DataApiClient(api.url, COVER_TYPE, False, 60).fetch(1)
        assert (answer.batch_number, len(answer.rows), len(set(answer.rows))) == (1, 5_810, 5_810)
        course = pd.read_parquet(REAL_DATA / "covertype_course_form.parquet").head(58_101).astype(str)
        assert set(answer.rows) <= {tuple(row) for row in course.itertuples(index=False)}
        logged = api.answers()[0]
        assert (logged.rows, logged.payload_sha256) == (5_810, answer.payload_sha256)


@contextmanager
def uci(csv: bytes) -> Iterator[tuple[str, list[str]]]:
    """A small UCI repository with Covertype; ``csv`` is its table, or the whole HTTP answer to the request for it."""
    with hostile({"/static/data.csv": csv if csv.startswith(b"HTTP/") else http(csv)}) as server:
        roles = [(name, "Target" if name == "Cover_Type" else "Feature") for name in published_covertype(1).columns]
        data = {
            "uci_id": 31,
            "name": "Covertype",
            "data_url": f"{server.url}/static/data.csv",
            "variables": [{"name": name, "role": role} for name, role in roles],
            "additional_info": None,
            "intro_paper": None,
        }
        server.acts["/api/dataset"] = http({"status": 200, "data": data})
        yield f"{server.url}/api/dataset", server.asked


def test_a_use_case_of_few_generated_rows_gets_no_more_by_a_setting_for_those_of_many() -> None:
    wanted = TINY.source.sample_rows
    assert len(from_sample(TINY, 10 * wanted).load()) == wanted
    assert len(from_sample(TINY, 40).load()) == 40
