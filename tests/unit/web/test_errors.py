"""The table of errors, and values as an error answer shows them."""

import json
from collections.abc import Iterator

import orjson
import pytest

from telar.domain import errors as domain
from telar.domain.errors import FieldProblem, RecordInvalid, TelarError
from telar.web.errors import STATUSES, error_body, shown, status_of


def _all_errors(kind: type[TelarError]) -> Iterator[type[TelarError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _all_errors(child)


@pytest.mark.parametrize("kind", sorted(_all_errors(TelarError), key=str))
def test_every_error_has_a_status_of_its_own_or_of_its_family(kind: type[TelarError]) -> None:
    families = [each for each in kind.__mro__ if each in STATUSES and each is not TelarError]
    assert families, f"{kind.__name__} would be answered as an unknown error; add it to telar.web.errors.STATUSES"


def test_the_nearest_class_of_the_table_counts() -> None:
    assert status_of(domain.RegistryUnavailable("")) == (503, "registry_unavailable")
    assert status_of(domain.RegistryError("")) == (502, "registry_error")
    assert status_of(TelarError("")) == (500, "error")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1),
        (True, True),
        (None, None),
        ("red", "red"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (2**60, "0x1000000000000000"),
        ("\ud800", "\\ud800"),
        ([1], "[1]"),
        ("x" * 300, "x" * 200 + "…"),
    ],
)
def test_any_value_can_be_shown_in_json(value: object, expected: object) -> None:
    assert shown(value) == expected
    json.loads(orjson.dumps(shown(value)))


def test_values_beyond_pythons_own_limits_can_be_shown() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert shown([10**5000]) == "a list"
    assert shown(deep) == "a list"
    assert str(shown(10**5000)).startswith("0x")


def test_the_message_names_the_first_problem_and_counts_the_others() -> None:
    error = RecordInvalid(
        [FieldProblem("Slope", 91, "must be at most 90"), FieldProblem("Aspect", None, "is required")]
    )
    body = error_body(error, "id")
    assert body["error"]["message"] == "Slope must be at most 90 (got 91), and 1 more"
    assert body["error"]["problems"][1] == {"field": "Aspect", "value": None, "rule": "is required"}
    assert body["request_id"] == "id"
