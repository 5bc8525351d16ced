"""What is wrong with `.env` is said with the variable and the command that mends it, all of it at once."""

import os
import subprocess
from pathlib import Path

import pytest

from telar.compose import env_checks
from telar.compose.problems import NotReady, listed
from tests.compose.place import Place


def told(place: Place) -> str:
    """Every problem of the place's `.env`."""
    return listed(env_checks.look(place.project).problems)


def warned(place: Place) -> str:
    return listed(env_checks.look(place.project).warnings)


def test_what_make_env_wrote_is_well(installed: Place) -> None:
    assert told(installed) == ""
    assert warned(installed) == ""


def test_no_env_at_all_names_make_env(place: Place) -> None:
    assert "there is no .env" in told(place)
    assert "make env" in told(place)


def test_a_missing_variable_is_named_and_make_env_adds_it(installed: Place) -> None:
    text = installed.env.read_text()
    installed.env.write_text("".join(line for line in text.splitlines(keepends=True) if "REDIS" not in line))
    assert "incomplete: TELAR_REDIS_PASSWORD" in told(installed)
    assert "added to .env what was missing" in installed.run("env").stdout
    assert told(installed) == ""


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("", "TELAR_DB_OWNER_PASSWORD (.env, line {line}) is empty"),
        ("changeme", "is 'changeme', a well-known default"),
        ("k9Zx!q7vPw2", "has 11 characters, and the least is 12"),
    ],
)
def test_a_secret_that_is_none_is_refused_with_its_line_and_the_way_to_a_random_one(
    installed: Place, value: str, rule: str
) -> None:
    installed.settings(TELAR_DB_OWNER_PASSWORD=value)
    line = len(installed.env.read_text().splitlines())
    assert rule.format(line=line) in told(installed)
    assert "delete that line, then `make env`" in told(installed)
    kept = installed.env.read_text().splitlines()[:-1]
    installed.env.write_text("\n".join([*kept, ""]))
    assert installed.run("env").returncode == 0
    assert told(installed) == ""


def test_a_dollar_that_compose_would_replace_is_refused_until_it_is_quoted(installed: Place) -> None:
    installed.settings(TELAR_REDIS_PASSWORD="correct$horse-battery")
    assert "single quotes" in told(installed)
    installed.settings(TELAR_REDIS_PASSWORD="'correct$horse-battery'")
    assert told(installed) == ""


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_an_env_that_others_can_read_names_chmod(installed: Place, mode: int) -> None:
    installed.env.chmod(mode)
    assert f"mode {mode:o}" in told(installed)
    assert "-> chmod 600 .env" in told(installed)
    subprocess.run(["chmod", "600", ".env"], cwd=installed.folder, check=True)
    assert told(installed) == ""


def test_a_line_that_is_none_is_named_by_its_number(installed: Place) -> None:
    with installed.env.open("a") as file:
        file.write("TELAR_BIND 0.0.0.0\n")
    assert f".env, line {len(installed.env.read_text().splitlines())}: 'TELAR_BIND 0.0.0.0' is not NAME=value" in told(
        installed
    )


def test_a_folder_of_secrets_without_a_name_is_refused(installed: Place) -> None:
    installed.settings(TELAR_SECRETS="")
    assert "TELAR_SECRETS=./secrets" in told(installed)


def test_a_name_that_nothing_reads_is_a_warning_with_the_nearest_one(installed: Place) -> None:
    installed.settings(TELAR_PUBLIK_HOST="ops.example.org", TELAR_ABRACADABRA="1", MY_OWN="1")
    assert told(installed) == ""
    assert "TELAR_PUBLIK_HOST in .env is a name that nothing reads" in warned(installed)
    assert "is TELAR_PUBLIC_HOST meant?" in warned(installed)
    assert "TELAR_ABRACADABRA" in warned(installed)
    assert "MY_OWN" not in warned(installed)


def test_a_variable_that_stands_twice_is_a_warning_with_both_lines(installed: Place) -> None:
    installed.settings(TELAR_BIND="127.0.0.1")
    with installed.env.open("a") as file:
        file.write("TELAR_BIND=0.0.0.0\n")
    last = len(installed.env.read_text().splitlines())
    assert f"TELAR_BIND stands in .env twice, lines {last - 1} and {last}: the last counts" in warned(installed)


def test_what_the_shell_overrules_is_a_warning(installed: Place) -> None:
    done = installed.run("env", TELAR_BIND="0.0.0.0", TELAR_PUBLIC_HOST="ops.example.org")
    assert "winning over .env: TELAR_BIND, TELAR_PUBLIC_HOST" in done.stdout


def test_everything_is_told_at_once(installed: Place) -> None:
    installed.settings(TELAR_DB_OWNER_PASSWORD="changeme", TELAR_EXECUTOR="CeleryExecutor", TELAR_PORTAL_PORT="http")
    installed.env.chmod(0o644)
    done = installed.run("env")
    assert done.returncode == 1
    assert "4 things stand in the way" in done.stderr
    for word in ("TELAR_DB_OWNER_PASSWORD", "COMPOSE_PROFILES", "TELAR_PORTAL_PORT", "chmod 600 .env"):
        assert word in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user and become that user")
def test_an_env_of_another_user_says_whose_it_is(installed: Place) -> None:
    reader = 65534
    for folder in (installed.folder, *installed.folder.parents):
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755)
    os.seteuid(reader)
    try:
        with pytest.raises(NotReady, match=r"\.env belongs to user 0 and you, user 65534, may not read it"):
            installed.project.read_env()
    finally:
        os.seteuid(0)
