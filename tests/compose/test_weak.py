"""Well-known defaults and what is too short are refused; what is random is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telar.compose.weak import weakness
from telar.credentials import OF_CONTAINERS

KNOWN = [
    "admin", "airflow", "minioadmin", "password", "changeme", "postgres", "root", "telar", "secret", "test", "123456",
    "example", "Admin123456", "minioadmin123", "change-me-please", "password1234", "MyPassword!2026",
    "telar-secret-key", "123456789012", "mysql_root_password",
]  # fmt: skip


@pytest.mark.parametrize("value", KNOWN)
def test_a_known_default_is_refused_by_its_value(value: str) -> None:
    assert repr(value) in (weakness("TELAR_DB_OWNER_PASSWORD", value) or "")


def test_nothing_is_called_empty() -> None:
    assert weakness("TELAR_DB_OWNER_PASSWORD", "") == "is empty"


def test_a_short_one_is_refused_with_both_figures_and_not_shown() -> None:
    told = weakness("TELAR_DB_OWNER_PASSWORD", "k9Zx!q7vPw2") or ""
    assert "11 characters" in told
    assert "12" in told
    assert "k9Zx" not in told


def test_a_blank_within_is_refused() -> None:
    assert "blank" in (weakness("TELAR_REDIS_PASSWORD", "correct horse battery") or "")


@pytest.mark.parametrize("value", ["correct-horse-battery", "A" * 44, "j_BvdqErnqPKY8NKc5DgdL6jRyskidm7PQvlPmszbPo"])
def test_what_is_no_fernet_key_is_refused(value: str) -> None:
    assert "Fernet" in (weakness("TELAR_AIRFLOW_FERNET_KEY", value) or "")


@given(st.sampled_from(sorted(OF_CONTAINERS)))
def test_what_is_generated_is_never_refused(name: str) -> None:
    assert weakness(name, OF_CONTAINERS[name]()) is None


def test_a_phrase_of_ones_own_is_taken() -> None:
    assert weakness("TELAR_DB_OWNER_PASSWORD", "correct-horse-battery") is None
