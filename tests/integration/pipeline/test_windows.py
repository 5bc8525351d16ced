"""Five runs at once against an upstream that turns over every 3 seconds: each gets its own batch, in its own window."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

from telar.adapters.warehouse import Warehouse
from telar.pipeline.fetch import Fetched
from telar.pipeline.run import fetch_in_time
from tests.integration.pipeline.place import Place
from tests.support.data_api_server import run_data_api

WINDOW = 3.0
RUNS = ("caught up 1", "caught up 2", "caught up 3", "by hand", "backfill")


def test_runs_that_start_together_get_batches_1_to_5_once_each_and_no_window_sees_two_requests(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with run_data_api(tmp_path / "data-api", window_seconds=WINDOW, batches=5) as api, ThreadPoolExecutor(5) as pool:
        place = Place(warehouse, tmp_path / "work", api.url, window_seconds=WINDOW)

        results = list(pool.map(lambda run: fetch_in_time(place.context(), run), RUNS))

        times = [each.time for each in api.answers()]

    assert all(isinstance(result, Fetched) for result in results)
    assert [(row.batch_number, row.status) for row in place.batches()] == [(number, "stored") for number in range(1, 6)]
    assert len(times) == 5
    assert all((later - earlier).total_seconds() >= WINDOW for earlier, later in pairwise(times))
