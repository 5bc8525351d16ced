"""A published table as a source: from UCI, whole or not at all, and the same batches whenever they are asked for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from telar.adapters.sources import PartitionsClient, Place, PublishedClient
from telar.adapters.sources.splitting import split_table
from telar.domain.errors import DataError, EndOfData, MalformedAnswer, SourceRefused, SourceUnavailable
from telar.domain.partitions import PARTITIONS, Partition
from telar.domain.use_case import PublishedSource
from tests.support.hostile import Hostile, hostile, http
from tests.support.visits import VISITS

TABLE = VISITS.sample(1_000, 3)
CSV = TABLE.to_csv(index=False).encode()


def client(work: Path, **place: object) -> PublishedClient:
    """A client of VISITS whose split is made anew by each."""

    def parts(table: pd.DataFrame, _: str) -> Sequence[Partition]:
        return split_table(VISITS, table).parts

    assert isinstance(VISITS.source, PublishedSource)
    where = Place(**{"data_folder": None, "work": work, "download": True, "seconds": 20.0, **place})  # type: ignore[arg-type]  # a test's own keywords
    return PublishedClient(VISITS, VISITS.source, where, parts)


@contextmanager
def uci(csv: bytes) -> Iterator[tuple[str, Hostile]]:
    """A small UCI repository; ``csv`` is its table, or the whole HTTP answer to the request for it."""
    with hostile({"/data.csv": csv if csv.startswith(b"HTTP/") else http(csv)}) as server:
        data = {
            "uci_id": 296,
            "name": "Visits",
            "data_url": f"{server.url}/data.csv",
            "variables": [{"name": name, "role": "Feature"} for name in VISITS.names],
            "additional_info": None,
            "intro_paper": None,
        }
        server.acts["/api/dataset"] = http({"status": 200, "data": data})
        yield f"{server.url}/api/dataset", server


def test_a_download_that_stops_half_way_leaves_nothing_and_the_next_try_gets_the_whole_table(tmp_path: Path) -> None:
    with uci(http(CSV[: len(CSV) // 2], length=len(CSV))) as (url, server):
        with pytest.raises(SourceUnavailable, match=r"UCI data set 296: .*ended after .*nothing of it is kept"):
            client(tmp_path, uci_url=url).describe()
        assert list(tmp_path.rglob("*.parquet")) == []
        server.acts["/data.csv"] = http(CSV)

        told = client(tmp_path, uci_url=url).describe()

    assert told.origin == "Visits of an inn, 1,000 rows downloaded from the UCI repository (id 296)"


def test_what_was_downloaded_is_kept_and_gives_the_same_batches_again(tmp_path: Path) -> None:
    with uci(CSV) as (url, server):
        first = client(tmp_path, uci_url=url)
        rows = first.fetch("train", 2).rows
        asked = len(server.asked)
        again = client(tmp_path, uci_url=url).fetch("train", 2)
        assert len(server.asked) == asked

    assert again.rows == rows
    assert sum(first.sizes().rows(part) for part in PARTITIONS) == 1_000


def test_a_repository_that_has_something_else_is_no_reason_to_try_again(tmp_path: Path) -> None:
    with uci(http(b"guest,colour\n1,red\n")) as (url, _), pytest.raises(DataError):
        client(tmp_path, uci_url=url).describe()


def test_a_file_of_the_folder_comes_before_a_download(tmp_path: Path) -> None:
    TABLE.to_csv(tmp_path / "visits.csv", index=False)

    told = client(tmp_path, data_folder=tmp_path, uci_url="http://127.0.0.1:9").describe()

    assert (told.provenance, told.origin) == ("file", "Visits of an inn, 1,000 rows from visits.csv")


@pytest.mark.parametrize("number", [0, -1, 3])
def test_there_is_no_batch_before_the_first_or_after_the_last(tmp_path: Path, number: int) -> None:
    source = client(tmp_path, download=False)
    assert source.sizes().batches("train") == 3
    with pytest.raises(EndOfData, match="has no batch"):
        source.fetch("train", number if number < 1 else 4)


@pytest.mark.parametrize(
    ("info", "batch", "error"),
    [
        (http({"train_size": 2, "validation_size": 1, "test_size": 1, "batch_size": 500}), http({}), MalformedAnswer),
        (http({"train_size": "many"}), http({}), MalformedAnswer),
        (http({"detail": "away"}, 503), http({}), SourceUnavailable),
        (http({"detail": "none such"}, 404), http({}), SourceRefused),
        (
            http({"train_size": 2, "validation_size": 1, "test_size": 1, "batch_size": 500}),
            http({"batch_number": 5, "data": [{"guest": 1}]}),
            MalformedAnswer,
        ),
    ],
    ids=["no rows", "no sizes", "503", "404", "another batch"],
)
def test_a_data_service_that_says_anything_else_is_refused(info: bytes, batch: bytes, error: type[Exception]) -> None:
    with hostile({"/visits/dataset-info": info, "/visits/train/batches/0": batch}) as server:
        asked = PartitionsClient(server.url, VISITS, prefixed=True, timeout_seconds=10, batch_rows=500)
        with pytest.raises(error):
            ask(asked)


def ask(client: PartitionsClient) -> None:
    """Both questions, one after the other."""
    client.sizes()
    client.fetch("train", 1)
