"""When the upstream may be asked again, and which missed runs are still made."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from telar.domain.catchup import too_old
from telar.domain.window import next_request_at

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
windows = st.timedeltas(timedelta(seconds=1), timedelta(days=2))


@given(windows)
def test_the_next_request_comes_after_the_window_with_a_margin_of_5_percent_at_least_half_a_second(
    window: timedelta,
) -> None:
    wait = next_request_at(NOW, window) - NOW

    assert wait >= window * 1.05 - timedelta(microseconds=1)
    assert wait >= window + timedelta(seconds=0.5)


def test_without_a_window_nothing_waits() -> None:
    assert next_request_at(NOW, timedelta(0)) == NOW


@given(st.integers(0, 50), st.integers(0, 50))
def test_exactly_the_runs_beyond_the_limit_are_missed(late: int, most: int) -> None:
    assert (too_old(NOW - late * FIVE_MINUTES, NOW, FIVE_MINUTES, most) is not None) == (late > most)


def test_the_reason_names_the_time_and_the_limit_and_its_variable() -> None:
    assert too_old(NOW - 12 * FIVE_MINUTES, NOW, FIVE_MINUTES, 10) == (
        "due at 2026-11-21 11:00:00 UTC, 12 intervals of the schedule ago; at most 10 are caught up (TELAR_MAX_CATCHUP)"
    )


def test_a_schedule_without_interval_misses_nothing() -> None:
    assert too_old(NOW - timedelta(days=400), NOW, timedelta(0), 0) is None
