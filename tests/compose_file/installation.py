"""A folder with `.env`, secrets and mounted folders as `make env` makes them."""

from pathlib import Path

from telar.compose.install import install
from telar.compose.project import Project
from telar.credentials import OF_CONTAINERS


def write_env(folder: Path) -> None:
    """What `make env` does in that folder."""
    install(Project(folder, around={}))


def secrets_of(folder: Path) -> dict[str, str]:
    """Every secret of the folder's `.env`."""
    told = Project(folder, around={}).variables()
    return {name: told[name] for name in OF_CONTAINERS}
