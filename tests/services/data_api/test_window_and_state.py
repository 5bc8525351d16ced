"""The window on a real clock, and a state that survives a stop and a kill."""

import random
import threading
import time
from pathlib import Path

import pytest
import requests

from services.data_api import positions
from telar.adapters.sources import DataApiClient
from telar.domain.errors import SourceUnavailable
from tests.support.data_api_server import run_data_api
from tests.support.tiny import TINY

WINDOW = 1.5


def poll_until_batch(client: DataApiClient, number: int) -> None:
    deadline = time.monotonic() + 20
    while client.fetch(1).batch_number != number:
        assert time.monotonic() < deadline, f"batch {number} did not come"


def test_within_the_window_the_same_batch_comes_with_fresh_rows_then_the_next(tmp_path: Path) -> None:
    with run_data_api(tmp_path, window_seconds=WINDOW) as api:
        client = DataApiClient(api.url, TINY, True, 60)
        first, again = client.fetch(1), client.fetch(1)
        assert (first.batch_number, again.batch_number) == (1, 1)
        assert first.rows != again.rows
        poll_until_batch(client, 2)
        logged = api.answers()
        starts = {batch: min(each.time for each in logged if each.batch == batch) for batch in (1, 2)}
        assert (starts[2] - starts[1]).total_seconds() >= WINDOW


def test_the_position_survives_a_stop_and_a_kill(tmp_path: Path) -> None:
    with run_data_api(tmp_path, window_seconds=3_600) as api:
        client = DataApiClient(api.url, TINY, True, 60)
        client.fetch(1)
        for end in (api.stop, api.kill):
            end()
            with pytest.raises(SourceUnavailable):
                client.fetch(1)
            api.start()
            assert client.fetch(1).batch_number == 1
            assert client.fetch(2).batch_number == 1
        api.stop()
        api.environment["TELAR_DATA_API_WINDOW_SECONDS"] = "0"
        api.start()
        assert client.fetch(1).batch_number == 2


def test_killed_at_any_moment_it_repeats_no_batch_and_hands_out_none_unlogged(tmp_path: Path) -> None:
    """Window 0: each answer is another batch, so a batch number seen twice would be a position forgotten."""
    chance = random.Random(4)
    with run_data_api(tmp_path, batches=400, answer_rows=5) as api:
        client = DataApiClient(api.url, TINY, True, 60)
        seen: list[tuple[int, str]] = []
        for _ in range(4):
            killer = threading.Timer(chance.uniform(0.05, 0.4), api.kill)
            killer.start()
            try:
                while len(seen) < 390:
                    answer = client.fetch(1)
                    seen.append((answer.batch_number, answer.payload_sha256))
            except SourceUnavailable:
                killer.join()
            api.start()
        numbers = [number for number, _ in seen]
        assert numbers == sorted(set(numbers))
        assert set(seen) <= {(each.batch, each.payload_sha256) for each in api.answers()}
        assert positions.read(api.state_folder / "positions" / "tiny.json", 1).batch >= numbers[-1]


def test_two_requests_at_once_never_get_past_one_window(tmp_path: Path) -> None:
    with run_data_api(tmp_path, window_seconds=3_600) as api:
        numbers: list[int] = []
        threads = [
            threading.Thread(
                target=lambda: numbers.append(DataApiClient(api.url, TINY, True, 60).fetch(1).batch_number)
            )
            for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert numbers == [1] * 12
        assert len(api.answers()) == 12


def test_a_second_data_api_on_the_same_state_is_refused_with_the_fix(tmp_path: Path) -> None:
    with run_data_api(tmp_path) as api:
        port, api.port = api.port, 1
        first = api.process
        with pytest.raises(AssertionError, match=r"another data API uses .* set TELAR_DATA_API_STATE_FOLDER"):
            api.start()
        api.port, api.process = port, first
        assert requests.get(f"{api.url}/health", timeout=5).status_code == 200
