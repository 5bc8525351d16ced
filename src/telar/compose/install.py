"""What `make env` writes: `.env` with fresh secrets where they are missing, their files, the folders to mount."""

from datetime import UTC, datetime
from pathlib import Path

from telar.compose import env_file, secret_files
from telar.compose.env_file import EnvFile
from telar.compose.problems import NotReady, Problem
from telar.compose.project import Project
from telar.credentials import INSTALLED, OF_CONTAINERS

_HEAD = """\
# Written by `make env` (or `make up`). .env.example explains every variable that may stand here. The passwords and keys
# were generated once: keep a copy in a safe place, since nothing else opens the volumes of this installation.
"""
_FEW = 5
_FOLDERS = {"TELAR_USE_CASES_FOLDER": "use_cases", "TELAR_DATA_FOLDER": "data"}


def install(project: Project) -> list[str]:
    """Write what is missing and nothing else; answers what was done, a sentence each.

    Raises:
        NotReady: `.env` or the folder of the secrets cannot be read or written.
    """
    env = project.read_env()
    done = _complete(project, env)
    secrets = {name: entry.value for name, entry in project.read_env().by_name.items() if name in OF_CONTAINERS}
    secret_files.write(project.secrets_folder(), {name: value for name, value in secrets.items() if value})
    return [*done, *_make_folders(project)]


def _complete(project: Project, env: EnvFile) -> list[str]:
    made = {"TELAR_SECRETS": lambda: "./secrets", **INSTALLED, **OF_CONTAINERS}
    missing = {name: make() for name, make in made.items() if name not in env.by_name}
    if not missing:
        return []
    heading = f"# Added on {datetime.now(UTC):%Y-%m-%d}.\n" if env.text.strip() else _HEAD
    new = not project.env.exists()
    _write(project, env.with_more(heading, missing))
    if new:
        return [f"wrote .env with {len(OF_CONTAINERS)} fresh passwords and keys: keep a copy of it in a safe place"]
    few = len(missing) <= _FEW
    what = ", ".join(missing) if few else f"{len(missing)} variables, fresh passwords and keys most of them"
    return [f"added to .env what was missing: {what}"]


def _write(project: Project, env: EnvFile) -> None:
    try:
        env_file.write(project.env, env)
    except OSError as error:
        fix = f'make the folder yours: sudo chown "$USER" {project.folder}'
        raise NotReady([Problem(f"{project.env} cannot be written: {error}", fix)]) from error


def _make_folders(project: Project) -> list[str]:
    """Docker would make them too, but as root, and then nobody else could put a file there."""
    variables = project.variables()
    folders = [project.folder / name for variable, name in _FOLDERS.items() if variable not in variables]
    return [f"made the folder {_make(folder).name}/" for folder in folders if not folder.exists()]


def _make(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o755)
    return folder
