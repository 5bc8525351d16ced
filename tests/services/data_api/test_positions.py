"""The rule of the window, as a pure function, and the file that keeps it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.data_api import positions
from services.data_api.positions import Position, advance
from telar.domain.errors import ConfigurationError, EndOfData

START = datetime(2026, 11, 21, tzinfo=UTC)
WINDOW = timedelta(seconds=300)


def test_the_first_request_is_answered_with_batch_1() -> None:
    assert advance(Position(), START, WINDOW, 10) == Position(batch=1, advanced_at=START)


def test_within_the_window_the_batch_stays_and_the_window_is_not_prolonged() -> None:
    at = Position(batch=3, advanced_at=START)
    assert advance(at, START + timedelta(seconds=299.9), WINDOW, 10) == at


def test_when_the_window_is_over_the_next_batch_comes_and_never_one_is_left_out() -> None:
    at = Position(cycle=2, batch=3, advanced_at=START)
    later = START + timedelta(days=2)
    assert advance(at, later, WINDOW, 10) == Position(cycle=2, batch=4, advanced_at=later)


def test_the_last_batch_is_answered_until_its_window_is_over() -> None:
    at = Position(batch=10, advanced_at=START)
    assert advance(at, START + timedelta(seconds=1), WINDOW, 10) == at
    with pytest.raises(EndOfData, match="Ya se recolectó toda la información minima necesaria"):
        advance(at, START + WINDOW, WINDOW, 10)


def test_fewer_batches_than_were_handed_out_is_the_end() -> None:
    with pytest.raises(EndOfData):
        advance(Position(batch=9, advanced_at=START), START, WINDOW, 4)


@given(st.lists(st.floats(min_value=0, max_value=1_000), max_size=60))
def test_whenever_it_is_asked_batches_come_in_order_and_never_faster_than_the_window(waits: list[float]) -> None:
    position, now, advances = Position(), START, []
    for wait in waits:
        now += timedelta(seconds=wait)
        try:
            after = advance(position, now, WINDOW, 10)
        except EndOfData:
            assert position.batch == 10
            return
        if after != position:
            assert after.batch == position.batch + 1
            advances.append(now)
        position = after
    assert all(later - earlier >= WINDOW for earlier, later in pairwise(advances))


def test_each_group_has_its_own_position_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "positions" / "tiny.json"
    positions.write(path, 1, Position(batch=3, advanced_at=START))
    positions.write(path, 2, Position(cycle=2))
    assert positions.read(path, 1) == Position(batch=3, advanced_at=START)
    assert positions.read(path, 2) == Position(cycle=2)
    assert positions.read(path, 3) == Position()
    assert [each.name for each in path.parent.iterdir()] == ["tiny.json"]


def test_a_damaged_file_is_named_and_never_taken_for_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "tiny.json"
    path.write_text('{"1": {"batch"')
    with pytest.raises(ConfigurationError, match=r"tiny\.json is damaged"):
        positions.read(path, 1)
