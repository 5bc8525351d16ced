"""The course's data API to the letter: statuses, messages, forms, sizes."""

from typing import Any

import pytest
import requests

from services.data_api.answer_log import digest_of_rows
from telar.use_cases import discover
from tests.support.data_api_server import DataApi
from tests.support.tiny import TINY


def ask(api: DataApi, path: str, **parameters: object) -> requests.Response:
    return requests.get(f"{api.url}{path}", params={name: str(value) for name, value in parameters.items()}, timeout=30)


def batch(api: DataApi, group: int, path: str = "/data") -> dict[str, Any]:
    answer = ask(api, path, group_number=group)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_an_answer_is_an_object_of_group_batch_and_rows_of_strings(api: DataApi) -> None:
    told = batch(api, 1)
    assert list(told) == ["group_number", "batch_number", "data"]
    assert (told["group_number"], told["batch_number"]) == (1, 1)
    assert all(len(row) == len(TINY.names) and all(isinstance(value, str) for value in row) for row in told["data"])


def test_an_answer_is_a_random_share_of_its_batch_without_a_row_twice(api: DataApi) -> None:
    sample = TINY.sample(4_800, 31).astype(str)
    first_quarter = {tuple(row) for row in sample.head(1_200).itertuples(index=False)}
    told = [tuple(row) for row in batch(api, 2)["data"]]
    assert len(told) == 600
    assert set(told) <= first_quarter
    assert len(set(told)) > 590  # the sample itself holds a few equal rows


def test_batch_k_is_cut_from_the_k_th_part_of_the_rows(api: DataApi) -> None:
    sample = TINY.sample(4_800, 31).astype(str)
    parts = [{tuple(row) for row in sample[k * 1_200 : (k + 1) * 1_200].itertuples(index=False)} for k in range(4)]
    for number, part in enumerate(parts, 1):
        told = batch(api, 3)
        assert told["batch_number"] == number
        assert {tuple(row) for row in told["data"]} <= part


@pytest.mark.parametrize("path", ["/data", "/tiny/data", "/restart_data_generation", "/tiny/restart_data_generation"])
@pytest.mark.parametrize("group", [0, 11, -1, 10**30])
def test_a_group_out_of_range_is_400_in_the_words_of_the_original(api: DataApi, path: str, group: int) -> None:
    answer = ask(api, path, group_number=group)
    assert (answer.status_code, answer.json()) == (400, {"detail": "Número de grupo inválido"})


@pytest.mark.parametrize("query", ["", "?group_number=", "?group_number=one", "?group_number=1.5"])
def test_a_missing_group_or_one_that_is_no_number_is_422(api: DataApi, query: str) -> None:
    for path in ("/data", "/tiny/data", "/restart_data_generation"):
        assert ask(api, path + query).status_code == 422


def test_after_the_last_batch_it_is_400_until_the_group_restarts(api: DataApi) -> None:
    numbers = [batch(api, 4)["batch_number"] for _ in range(4)]
    assert numbers == [1, 2, 3, 4]
    for _ in range(2):
        over = ask(api, "/data", group_number=4)
        assert over.status_code == 400
        assert over.json() == {"detail": "Ya se recolectó toda la información minima necesaria"}
    assert ask(api, "/restart_data_generation", group_number=4).json() == {"ok": True}
    assert batch(api, 4)["batch_number"] == 1


def test_the_prefixed_path_is_the_same_upstream_as_the_unprefixed_one(api: DataApi) -> None:
    assert batch(api, 5)["batch_number"] == 1
    assert batch(api, 5, "/tiny/data")["batch_number"] == 2
    assert batch(api, 5)["batch_number"] == 3


def test_one_group_does_not_move_another(api: DataApi) -> None:
    assert [batch(api, 6)["batch_number"], batch(api, 6)["batch_number"]] == [1, 2]
    assert batch(api, 7)["batch_number"] == 1


def test_an_unknown_use_case_is_404_and_names_those_known(api: DataApi) -> None:
    for path in ("/nope/data", "/nope/", "/nope/restart_data_generation"):
        answer = ask(api, path, group_number=1)
        assert (answer.status_code, answer.json()) == (
            404,
            {"detail": f"unknown use case 'nope'; known: {', '.join(sorted([*discover(None).use_cases, 'tiny']))}"},
        )


def test_every_answer_stands_in_the_log_with_the_digest_of_its_rows(api: DataApi) -> None:
    before = len(api.answers())
    told = [batch(api, 8), batch(api, 8)]
    ask(api, "/restart_data_generation", group_number=8)
    told.append(batch(api, 8))
    logged = api.answers()[before:]
    assert [(each.group, each.cycle, each.batch, each.rows) for each in logged] == [
        (8, 1, 1, 600),
        (8, 1, 2, 600),
        (8, 2, 1, 600),
    ]
    assert [each.rows_sha256 for each in logged] == [digest_of_rows(each["data"]) for each in told]
    assert logged[0].time <= logged[1].time


def test_the_root_and_the_use_case_tell_where_the_rows_come_from(api: DataApi) -> None:
    for path in ("/", "/tiny/"):
        told = ask(api, path).json()
        assert (told["provenance"], told["batches"], told["window_seconds"]) == ("sample", 4, 0.0)
        assert "made-up rows" in told["origin"]
        assert (told["rows"], told["batch_rows"], told["answer_rows"]) == (4_800, 1_200, 600)


def test_health_tells_the_state_of_every_use_case(api: DataApi) -> None:
    states = {**dict.fromkeys(discover(None).use_cases, "idle"), "tiny": "ready"}
    assert ask(api, "/health").json() == {"status": "OK", "use_cases": states, "broken": {}}
    assert ask(api, "/cover_type/data", group_number=1).json()["batch_number"] == 1
    assert ask(api, "/health").json()["use_cases"]["cover_type"] == "ready"


def test_the_openapi_description_shows_examples(api: DataApi) -> None:
    described = ask(api, "/openapi.json").json()
    assert {"/data", "/restart_data_generation", "/{use_case}/data", "/{use_case}/", "/health", "/"} <= set(
        described["paths"]
    )
    example = described["components"]["schemas"]["Batch"]["example"]
    assert (example["batch_number"], len(example["data"][0])) == (1, 13)
    errors = described["paths"]["/data"]["get"]["responses"]["400"]["content"]["application/json"]["examples"]
    assert errors["group"]["value"] == {"detail": "Número de grupo inválido"}
