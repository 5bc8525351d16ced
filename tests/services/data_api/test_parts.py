"""The parts of a split data set over HTTP: sizes, numbers of batches, batches, and what there is not."""

from collections.abc import Iterator

import pytest
import requests

from tests.support.data_api_server import DataApi, run_data_api
from tests.support.visits import VISITS, VISITS_FOLDER


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataApi]:
    folder = tmp_path_factory.mktemp("data-api")
    with run_data_api(folder, use_case="visits", use_cases=VISITS_FOLDER, sample_rows=None) as running:
        yield running


def ask(api: DataApi, path: str, **parameters: int) -> requests.Response:
    return requests.get(f"{api.url}/visits/{path}", params=parameters, timeout=30)


def test_dataset_info_tells_the_three_sizes_the_batch_size_and_that_rows_are_generated(api: DataApi) -> None:
    told = ask(api, "dataset-info").json()

    assert told["train_size"] == 1_440
    assert told["train_size"] + told["validation_size"] + told["test_size"] == 2_400
    assert told["batch_size"] == 500
    assert told["provenance"] == "sample"


@pytest.mark.parametrize(("part", "limit", "batches"), [("train", None, 3), ("train", 100, 15), ("test", None, 1)])
def test_a_part_tells_the_number_of_its_batches(api: DataApi, part: str, limit: int | None, batches: int) -> None:
    parameters = {} if limit is None else {"limit": limit}
    assert ask(api, f"{part}/batches", **parameters).json()["total_batches"] == batches


def test_the_batches_of_a_part_are_its_rows_once_each_in_order(api: DataApi) -> None:
    answers = [ask(api, f"train/batches/{number}", limit=600).json() for number in range(3)]

    assert [(each["batch_number"], each["start_row"], each["end_row"], each["batch_size"]) for each in answers] == [
        (0, 0, 600, 600),
        (1, 600, 1_200, 600),
        (2, 1_200, 1_440, 240),
    ]
    assert [len(each["data"]) for each in answers] == [600, 600, 240]
    assert set(answers[0]["data"][0]) == set(VISITS.names)


def test_a_batch_is_the_same_whenever_it_is_asked_for_and_every_answer_is_logged(api: DataApi) -> None:
    first, again = (ask(api, "validation/batches/0") for _ in range(2))

    logged = [each for each in api.answers() if each.part == "validation"]
    assert first.content == again.content
    assert len(logged) == 2
    assert logged[0].rows_sha256 == logged[1].rows_sha256


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("train/batches/-1", 400, "batches count from 0"),
        ("train/batches/3", 404, "the train part ends with batch 2"),
        ("train/batches/0?limit=0", 400, "at least one row"),
        ("everything/batches", 404, "there is no part 'everything'"),
        ("data?group_number=1", 404, "served in parts"),
    ],
)
def test_what_there_is_not_is_said(api: DataApi, path: str, status: int, told: str) -> None:
    answer = ask(api, path)

    assert (answer.status_code, told in answer.json()["detail"]) == (status, True), answer.text


def test_the_root_and_the_description_tell_the_parts(api: DataApi) -> None:
    assert ask(api, "").json()["parts"]["train"] == 1_440
    assert requests.get(f"{api.url}/", timeout=30).json()["provenance"] == "sample"
