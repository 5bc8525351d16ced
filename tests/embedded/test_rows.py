"""A demo waits for its rows as long as they may come, and says what became of them otherwise."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from telar.embedded.options import Options
from telar.embedded.rows import NoRows, await_rows
from tests.support.answering import Said, answering
from tests.support.data_api_server import run_data_api
from tests.support.ports import free_port


def options(url: str, **more: str) -> Options:
    return Options({"TELAR_DATA_API_PORT": str(urlsplit(url).port), **more})


def told(state: str) -> dict[str, Said]:
    return {"/health": Said({"use_cases": {"tiny": state}})}


def test_rows_that_come_are_waited_for(tmp_path: Path) -> None:
    with run_data_api(tmp_path) as api:
        await_rows(options(api.url), "tiny", 30)


def test_a_download_that_takes_too_long_is_told_with_the_way_out() -> None:
    words = r"after 0 s \(loading: downloading 3 of 900 MB\).*TELAR_DATA_API_DOWNLOAD"
    with answering(told("loading: downloading 3 of 900 MB")) as api, pytest.raises(NoRows, match=words):
        await_rows(options(api.url), "tiny", 0)


def test_rows_that_cannot_be_made_are_told_at_once() -> None:
    failed = told("failed: tiny has no rows: out of clay")
    with answering(failed) as api, pytest.raises(NoRows, match="out of clay"):
        await_rows(options(api.url), "tiny", 30)


def test_a_data_api_that_is_away_is_waited_for_and_then_told() -> None:
    with pytest.raises(NoRows, match="waiting for the data API"):
        await_rows(Options({"TELAR_DATA_API_PORT": str(free_port())}), "tiny", 0)


def test_a_source_of_ones_own_is_not_waited_for() -> None:
    with answering(told("failed: whatever")) as api:
        await_rows(options(api.url, TELAR_SOURCE_URL="http://batches.example.org"), "tiny", 0)
        assert api.asked == []
