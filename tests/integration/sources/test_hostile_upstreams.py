"""The client against upstreams that are slow, ill, lying or simply the originals."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telar.adapters.sources import DataApiClient
from telar.adapters.sources.parsing import parse
from telar.domain.errors import EndOfData, MalformedAnswer, SourceError, SourceRefused, SourceUnavailable
from tests.support.hostile import Act, dripping, hostile, http, silent
from tests.support.tiny import TINY

ROW = ["1.5", "30", "red", "2"]


def answer(data: object, number: object = 1, group: object = 1) -> bytes:
    return http({"group_number": group, "batch_number": number, "data": data})


def fetch_from(act: Act, seconds: float = 20) -> object:
    with hostile({"/data": act}) as server:
        return DataApiClient(server.url, TINY, False, seconds).fetch(1)


@pytest.mark.parametrize(
    ("act", "error", "told"),
    [
        (http(b"Internal Server Error", 500), SourceUnavailable, "answered 500: Internal Server Error"),
        (http({"detail": "later"}, 503), SourceUnavailable, "answered 503: later"),
        (http({"detail": "slowly"}, 429), SourceUnavailable, "answered 429: slowly"),
        (http({"detail": "Número de grupo inválido"}, 400), SourceRefused, "answered 400: Número de grupo inválido"),
        (http({"detail": [{"loc": ["query", "group_number"]}]}, 422), SourceRefused, "answered 422: .*group_number"),
        (http(b"", 204), SourceRefused, "answered 204"),
        (http(b""), MalformedAnswer, "the answer is empty"),
        (http(b" \n"), MalformedAnswer, "the answer is empty"),
        (http(b"<html>hello</html>"), MalformedAnswer, "is not JSON .*<html>hello"),
        (http(b'{"group_number": 1, "batch'), MalformedAnswer, "is not JSON"),
        (http(b"\xff\xfe\x00"), MalformedAnswer, "is not JSON"),
        (http(b"[" * 200_000), MalformedAnswer, "is not JSON"),
        (http([1, 2]), MalformedAnswer, "not an object with batch_number and data"),
        (http({"detail": "hello"}), MalformedAnswer, "not an object with batch_number and data"),
        (answer([ROW], number="one"), MalformedAnswer, "batch_number must be a whole number"),
        (answer([ROW], number=-1), MalformedAnswer, "batch_number must be a whole number"),
        (answer([ROW], number=1.5), MalformedAnswer, "batch_number must be a whole number"),
        (answer([ROW], number=True), MalformedAnswer, "batch_number must be a whole number"),
        (answer([ROW], group=2), MalformedAnswer, "asked for group 1, the answer is for group 2"),
        (answer([]), MalformedAnswer, "at least one row"),
        (answer({"0": ROW}), MalformedAnswer, "at least one row"),
        (answer([ROW, ROW[:3]]), MalformedAnswer, "row 1 has 3 values, the use case has 4 columns"),
        (answer([ROW, [*ROW, "5"]]), MalformedAnswer, "row 1 has 5 values"),
        (answer([ROW, {"Length": 1}]), MalformedAnswer, "row 1 is not an array"),
        (answer([{"Length": 1}, ROW]), MalformedAnswer, "row 1 is not an object"),
        (answer([{}]), MalformedAnswer, "without any key"),
        (answer([["1", "2", ["red"], "0"]]), MalformedAnswer, "row 0 holds a nested value"),
        (http(b'{"batch_number": 1, "data": [["\\u0000", "1", "red", "0"]]}'), MalformedAnswer, "row 0 holds a NUL"),
        (http(b'{"batch_number": 1, "data": [["\\ud800", "1", "red", "0"]]}'), MalformedAnswer, "half of a surrogate"),
        (http(b"{}", length=50), SourceUnavailable, "does not answer"),
    ],
)
def test_what_is_not_a_batch_is_told_apart_and_named(act: Act, error: type[SourceError], told: str) -> None:
    with pytest.raises(error, match=told):
        fetch_from(act)


@pytest.mark.parametrize(
    "detail",
    [
        "Ya se recolectó toda la información minima necesaria",
        "Ya se recolectó toda la información mínima necesaria",
        "Ya se recolecto toda la informacion minima necesaria",
    ],
)
def test_the_end_of_the_data_is_known_with_and_without_accents(detail: str) -> None:
    with pytest.raises(EndOfData, match="Ya se recolect"):
        fetch_from(http({"detail": detail}, 400))


def test_the_words_of_the_end_with_another_status_are_no_end() -> None:
    with pytest.raises(SourceRefused):
        fetch_from(http({"detail": "Ya se recolectó toda la información minima necesaria"}, 404))


@pytest.mark.parametrize("act", [silent, dripping], ids=["silent", "dripping"])
def test_a_slow_upstream_costs_no_more_than_the_time_out(act: Act) -> None:
    began = time.monotonic()
    with pytest.raises(SourceUnavailable, match=r"did not answer whole within 0\.5 s"):
        fetch_from(act, seconds=0.5)
    assert time.monotonic() - began < 5


def test_an_original_is_called_upstream_and_nothing_more_is_claimed() -> None:
    for act in (http({"Proyecto 2": "Extracción de datos, entrenamiento de modelos."}), http({"detail": "x"}, 404)):
        with hostile({"/": act}) as server:
            described = DataApiClient(server.url, TINY, False, 5).describe()
        assert (described.provenance, described.batches) == ("upstream", None)
        assert described.origin == f"the data API at {server.url}"


def test_an_upstream_that_fails_at_its_root_is_not_taken_for_an_original() -> None:
    with hostile({"/": http(b"oops", 500)}) as server, pytest.raises(SourceUnavailable, match="answered 500"):
        DataApiClient(server.url, TINY, False, 5).describe()


@pytest.mark.parametrize("body", [["ok"], {"ok": True}])
def test_a_restart_is_confirmed_in_either_form(body: object) -> None:
    with hostile({"/restart_data_generation": http(body)}) as server:
        DataApiClient(server.url, TINY, False, 5).restart(3)
    assert server.asked == ["/restart_data_generation?group_number=3"]


def test_a_restart_that_nobody_confirms_is_an_error() -> None:
    with (
        hostile({"/restart_data_generation": http({"message": "hello"})}) as server,
        pytest.raises(MalformedAnswer, match="did not confirm the restart"),
    ):
        DataApiClient(server.url, TINY, False, 5).restart(1)


def test_values_stay_as_they_were_written() -> None:
    body = b'{"group_number": 1, "batch_number": 0, "data": [[1.50, 1e400, true, null], [-0, NaN, " \\u00e1\\t", ""]]}'
    batch = parse(body, TINY.names, 1)
    assert batch.number == 0
    assert batch.rows == [("1.50", "1e400", "true", None), ("-0", "NaN", " á\t", "")]


def test_objects_bring_the_schema_that_they_have() -> None:
    body = b'{"batch_number": 7, "data": [{"Length": 1, "new": "x"}, {"Colour": null, "Length": 2.0}]}'
    batch = parse(body, TINY.names, 1)
    assert batch.columns == ("Length", "new", "Colour")
    assert batch.rows == [("1", "x", None), ("2.0", None, None)]


@given(st.binary(max_size=300))
def test_no_bytes_at_all_can_do_worse_than_a_malformed_answer(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        parse(body, TINY.names, 1)
