"""A use-case file dropped, edited, broken or taken away is seen by the running service."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from telar.use_cases import discover
from tests.support.data_api_server import DataApi, run_data_api
from tests.support.tiny import TINY_FOLDER

TINY_SOURCE = (TINY_FOLDER / "tiny.py").read_text()


def other(title: str = "Other") -> str:
    return TINY_SOURCE.replace('name="tiny"', 'name="other"').replace('title="Tiny"', f'title="{title}"')


def get(api: DataApi, path: str) -> requests.Response:
    return requests.get(f"{api.url}{path}", timeout=60)


def poll(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    (mounted / "tiny.py").write_text(TINY_SOURCE)
    return mounted


def test_a_dropped_file_is_served_edited_and_taken_away_without_a_restart(tmp_path: Path, folder: Path) -> None:
    with run_data_api(tmp_path, use_cases=folder) as api:
        assert get(api, "/other/data?group_number=1").status_code == 404
        (folder / "other.py").write_text(other())
        assert get(api, "/other/data?group_number=1").json()["batch_number"] == 1
        (folder / "other.py").write_text(other("Changed"))
        assert get(api, "/other/").json()["title"] == "Changed"
        assert get(api, "/other/data?group_number=1").json()["batch_number"] == 2
        (folder / "other.py").unlink()
        assert get(api, "/other/").status_code == 404
        assert get(api, "/data?group_number=1").json()["batch_number"] == 1


def test_a_broken_file_is_told_and_the_others_go_on(tmp_path: Path, folder: Path) -> None:
    with run_data_api(tmp_path, use_cases=folder) as api:
        (folder / "other.py").write_text("import nothing_of_that_name\n")
        answer = get(api, "/other/data?group_number=1")
        assert answer.status_code == 503
        assert "No module named 'nothing_of_that_name'" in answer.json()["detail"]
        health = get(api, "/health").json()
        assert health["status"] == "degraded"
        assert "nothing_of_that_name" in health["broken"]["other"]
        assert get(api, "/data?group_number=1").status_code == 200


def test_a_sample_that_raises_is_told_and_the_others_go_on(tmp_path: Path, folder: Path) -> None:
    (folder / "other.py").write_text(other().replace("import numpy as np", "raise RuntimeError('no rows today')"))
    with run_data_api(tmp_path, use_cases=folder) as api:
        answer = get(api, "/other/data?group_number=1")
        assert (answer.status_code, answer.json()["detail"]) == (503, "other has no rows: RuntimeError: no rows today")
        assert get(api, "/data?group_number=1").status_code == 200


def test_with_preload_a_dropped_file_is_made_ready_before_anybody_asks(tmp_path: Path, folder: Path) -> None:
    with run_data_api(tmp_path, use_cases=folder, preload="true") as api:
        (folder / "other.py").write_text(other())
        poll(lambda: "Other" in api.log)
        assert api.wait_for("other") == "ready"


def test_rows_that_are_objects_keep_their_numbers_and_nulls(tmp_path: Path, folder: Path) -> None:
    source = other().replace("DataApiSource(", 'DataApiSource(row_format="objects", ')
    source = source.replace("return pd.DataFrame(", "length[0] = np.nan\n    return pd.DataFrame(")
    (folder / "other.py").write_text(source)
    with run_data_api(tmp_path, use_cases=folder, answer_share=1) as api:
        rows = get(api, "/other/data?group_number=1").json()["data"]
        assert all(list(row) == ["Length", "Count", "Colour", "Kind"] for row in rows)
        assert {type(row["Count"]) for row in rows} == {int}
        assert [row["Length"] for row in rows].count(None) == 1


def test_without_a_default_use_case_the_old_paths_say_what_to_do(tmp_path: Path) -> None:
    with run_data_api(tmp_path) as api:
        api.stop()
        api.environment["TELAR_DEFAULT_USE_CASE"] = ""
        api.start()
        answer = get(api, "/data?group_number=1")
        assert answer.status_code == 404
        names = sorted({*discover(None).use_cases, "tiny"})
        assert f"set TELAR_DEFAULT_USE_CASE, or ask /NAME/data of {', '.join(names)}" in answer.json()["detail"]
        assert get(api, "/").json() == {"message": "Telar's data API", "use_cases": names}
        assert get(api, "/tiny/data?group_number=1").status_code == 200
