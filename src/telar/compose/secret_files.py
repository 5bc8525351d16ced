"""The secrets of `.env` as files, one each, for Compose to mount: folder 0700, files 0444, no newline at the end."""

import os
from collections.abc import Mapping
from pathlib import Path

from telar.compose.problems import NotReady, Problem

_MARK = ".made-by-telar"
_MARK_TEXT = "These files are derived from .env by `make env`: change .env, not them.\n"


def file_name(variable: str) -> str:
    """TELAR_DB_OWNER_PASSWORD lies in db_owner_password."""
    return variable.removeprefix("TELAR_").lower()


def write(folder: Path, secrets: Mapping[str, str]) -> None:
    """Make ``folder`` hold these secrets and no other file of ours; what is already right is left alone.

    Raises:
        NotReady: the folder holds something else, or may not be written.
    """
    try:
        _refuse_what_is_not_ours(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        wanted = {file_name(name): value for name, value in secrets.items()} | {_MARK: _MARK_TEXT}
        for name, value in wanted.items():
            _put(folder / name, value)
        for path in folder.iterdir():
            if path.name not in wanted:
                path.unlink()
    except OSError as error:
        told = f"the files of the secrets cannot be written below {folder}: {error}"
        fix = "make the folder yours (sudo chown), or name another by TELAR_SECRETS in .env"
        raise NotReady([Problem(told, fix)]) from error


def _refuse_what_is_not_ours(folder: Path) -> None:
    """A folder that somebody uses for something else would lose its files, and its mode."""
    if folder.is_dir() and not (folder / _MARK).exists() and any(folder.iterdir()):
        told = f"TELAR_SECRETS names {folder}, which holds files that Telar did not make and would delete"
        raise NotReady([Problem(told, "name a folder of its own in .env, for instance TELAR_SECRETS=./secrets")])


def _put(path: Path, value: str) -> None:
    """Containers read them as users of their own, hence 0444: the folder keeps everyone else of this machine out."""
    if path.is_file() and path.read_text(encoding="utf-8") == value and path.stat().st_mode & 0o777 == 0o444:
        return
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(value)
    beside.chmod(0o444)
    beside.replace(path)
