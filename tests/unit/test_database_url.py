"""An address that people write becomes one that SQLAlchemy understands, whatever the password holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from telar.database_url import database_url

WORD = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1)


@given(user=WORD, password=WORD)
def test_any_user_and_password_come_through_the_encoding(user: str, password: str) -> None:
    url = make_url(database_url("postgresql://db.example:5433/batches_db?sslmode=require", user, password))
    assert (url.username, url.password) == (user, password)
    assert (url.host, url.port, url.database, dict(url.query)) == (
        "db.example", 5433, "batches_db", {"sslmode": "require"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("postgresql://h/db", "postgresql+psycopg2"),
        ("postgres://h/db", "postgresql+psycopg2"),
        ("postgresql+psycopg2://h/db", "postgresql+psycopg2"),
        ("mysql://h/OPS", "mysql+pymysql"),
        ("mysql+pymysql://h/OPS\n", "mysql+pymysql"),
    ],
)
def test_each_engine_gets_the_driver_that_telar_carries(written: str, driver: str) -> None:
    assert make_url(database_url(written, "u", "p")).drivername == driver


def test_what_the_url_says_itself_is_kept_as_it_stands() -> None:
    own = "mysql+pymysql://bob:p%40ss/w:rd@[::1]:3306/OPS"
    assert database_url(own, "somebody", "else") == own


def test_a_user_in_the_url_takes_the_password_beside_it() -> None:
    assert database_url("postgresql://bob@h/db", "somebody", "p@") == "postgresql+psycopg2://bob:p%40@h/db"


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("sqlite:///here", "begins with sqlite://, and must begin with postgresql:// or mysql://"),
        ("h/db", "cannot be read"),
        ("postgresql://:5432/db", "names no host"),
        ("postgresql://h:5432", "names no database"),
        ("postgresql://h:port/db", "cannot be read"),
        ("mysql://u:s3cret@d@h/OPS", "percent-encoded"),
        ("oracle://u:s3cret@h/db", "begins with oracle://"),
    ],
)
def test_a_url_that_cannot_be_used_says_its_rule_and_never_a_password(written: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule) as caught:
        database_url(written, "u", "hidden")
    assert "s3cret" not in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("user", "password", "missing"), [(None, "p", "user"), ("u", None, "password"), ("u", "", "password")]
)
def test_a_missing_login_names_the_variable_that_gives_it(user: str | None, password: str | None, missing: str) -> None:
    with pytest.raises(ValueError, match=rf"names no {missing}, .*_{missing.upper()} instead of _URL"):
        database_url("postgresql://h/db", user, password)
