"""The folder of a project and its variables: the shell's, then those of `.env`, as Compose takes them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from telar.compose import env_file
from telar.compose.env_file import EnvFile
from telar.compose.problems import NotReady, Problem

_KNOWN = re.compile(r"^#? ?(?P<name>(?:TELAR|COMPOSE)_[A-Z0-9_]+)=", re.MULTILINE)


@dataclass(frozen=True)
class Project:
    """A folder with docker-compose.yaml; ``around`` is the environment of this process."""

    folder: Path
    around: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def env(self) -> Path:
        return self.folder / ".env"

    def read_env(self) -> EnvFile:
        """`.env`, empty where there is none.

        Raises:
            NotReady: it cannot be read.
        """
        try:
            return env_file.read(self.env)
        except PermissionError as error:
            raise NotReady([_foreign(self.env)]) from error
        except (OSError, UnicodeDecodeError) as error:
            raise NotReady([Problem(f".env cannot be read: {error}", "make it a text file (UTF-8)")]) from error

    def variables(self) -> dict[str, str]:
        """Every variable of the shell and of `.env`, the shell's first; without those that are empty."""
        both = {**self.read_env().values(self.around), **self.around}
        return {name: value for name, value in both.items() if value}

    def known_names(self) -> set[str]:
        """Every variable that .env.example explains."""
        return {found["name"] for found in _KNOWN.finditer((self.folder / ".env.example").read_text(encoding="utf-8"))}

    def secrets_folder(self) -> Path:
        """Where the files of the secrets lie; a relative TELAR_SECRETS counts from the project."""
        return self.folder / Path(self.variables().get("TELAR_SECRETS", "./secrets")).expanduser()


def find_project(start: Path) -> Project:
    """The project that holds ``start``.

    Raises:
        FileNotFoundError: there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / ".env.example").is_file() and (folder / "docker-compose.yaml").is_file():
            return Project(folder)
    raise FileNotFoundError(f"no Telar project (docker-compose.yaml, .env.example) at {start} or above it: go there")


def _foreign(path: Path) -> Problem:
    return Problem(
        f".env belongs to user {path.stat().st_uid} and you, user {os.geteuid()}, may not read it",
        f'sudo chown "$USER" {path} (or go on with sudo, as it was begun)',
    )
