"""The client against Telar's real data API: what it brings is what the service logged."""

from collections.abc import Iterator

import pytest

from services.data_api.answer_log import digest_of_rows
from telar.adapters.sources import DataApiClient
from telar.domain.errors import EndOfData, SourceRefused, SourceUnavailable
from tests.support.data_api_server import DataApi, run_data_api
from tests.support.tiny import TINY


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataApi]:
    with run_data_api(tmp_path_factory.mktemp("data-api")) as running:
        yield running


@pytest.fixture(params=[True, False], ids=["prefixed", "unprefixed"])
def client(api: DataApi, request: pytest.FixtureRequest) -> DataApiClient:
    return DataApiClient(api.url, TINY, request.param, 60)


def test_a_fetched_batch_is_what_the_service_logged_to_the_byte(api: DataApi, client: DataApiClient) -> None:
    client.restart(1)
    answer = client.fetch(1)
    logged = api.answers()[-1]
    assert (answer.group_number, answer.batch_number, len(answer.rows)) == (1, logged.batch, logged.rows)
    assert answer.columns == TINY.names
    assert answer.payload_sha256 == logged.payload_sha256
    assert digest_of_rows(answer.rows) == logged.rows_sha256
    assert answer.requested_at <= logged.time <= answer.received_at


def test_every_batch_in_order_then_the_end_then_a_restart(client: DataApiClient) -> None:
    client.restart(2)
    assert [client.fetch(2).batch_number for _ in range(4)] == [1, 2, 3, 4]
    with pytest.raises(EndOfData, match="Ya se recolectó"):
        client.fetch(2)
    client.restart(2)
    assert client.fetch(2).batch_number == 1


def test_the_description_tells_that_the_rows_are_a_sample(client: DataApiClient) -> None:
    described = client.describe()
    assert (described.provenance, described.batches, described.window_seconds) == ("sample", 4, 0)
    assert "made-up rows" in described.origin


def test_a_wrong_group_is_refused_with_the_words_of_the_service(client: DataApiClient) -> None:
    for ask in (client.fetch, client.restart):
        with pytest.raises(SourceRefused, match="answered 400: Número de grupo inválido"):
            ask(11)


def test_an_unknown_use_case_is_refused_with_those_known_and_a_hint(api: DataApi) -> None:
    stranger = DataApiClient(api.url, TINY.model_copy(update={"name": "stranger"}), True, 60)
    for ask in (stranger.describe, lambda: stranger.fetch(1)):
        with pytest.raises(SourceRefused, match=r"known: cover_type, .*tiny.*TELAR_SOURCE_PREFIXED=false"):
            ask()


def test_a_service_that_is_away_is_unavailable_at_once() -> None:
    away = DataApiClient("http://127.0.0.1:9", TINY, True, 5)
    for ask in (away.describe, lambda: away.fetch(1), lambda: away.restart(1)):
        with pytest.raises(SourceUnavailable, match="does not answer"):
            ask()
