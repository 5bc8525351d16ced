"""Without `.env` nothing starts, and Compose's message says what to run."""

from pathlib import Path

import pytest

from tests.compose_file.rendered import compose


@pytest.mark.usefixtures("compose_client")
@pytest.mark.parametrize("words", [("config",), ("up", "--detach"), ("--profile", "celery", "create")])
def test_without_env_compose_fails_and_names_make_env(tmp_path: Path, words: tuple[str, ...]) -> None:
    # Dry, so that a file without that guard fails this test and starts nothing.
    done = compose(tmp_path, "--dry-run", *words)
    assert done.returncode != 0
    assert "make env" in done.stderr, done.stderr
