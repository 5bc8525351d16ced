"""Whether what is mounted into containers is there, and can be read by users that only exist within them."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from shlex import quote

from telar.compose.problems import Findings, Problem


def look(mounted: Iterable[tuple[str, Path]], folder: Path, variables: Mapping[str, str]) -> Findings:
    """Each file or folder once, with the services that need it and the variable that names it."""
    services: dict[Path, set[str]] = {}
    for service, path in mounted:
        services.setdefault(path, set()).add(service)
    found = Findings()
    for path, needing in services.items():
        variable = next((name for name, value in variables.items() if _names(name, folder / value, path)), "")
        told = f"{path}{variable and f' ({variable})'}, mounted into {', '.join(sorted(needing))},"
        if not path.exists():
            fix = f"mkdir -p {quote(str(path))}, or correct {variable} in .env" if variable else "make env makes it"
            found.problems.append(Problem(f"{told} is not there", fix))
        elif _hidden(path):
            rule = f"has mode {_mode(path):o}, and the containers' users must be able to read it"
            found.problems.append(Problem(f"{told} {rule}", f"chmod -R o+rX {quote(str(path))}"))
        elif hidden := [each.name for each in _inside(path) if _hidden(each)]:
            rule = f"holds what the containers' users cannot read: {', '.join(hidden[:5])}"
            found.warnings.append(Problem(f"{told} {rule}", f"chmod -R o+rX {quote(str(path))}"))
    return found


def _names(variable: str, value: Path, path: Path) -> bool:
    return variable.endswith("_FOLDER") and os.path.normpath(value) == os.path.normpath(path)


def _inside(path: Path) -> list[Path]:
    """The first level of a folder, without an editor's hidden files."""
    if not path.is_dir() or not os.access(path, os.R_OK | os.X_OK):
        return []
    return sorted(each for each in path.iterdir() if each.exists() and not each.name.startswith("."))


def _hidden(path: Path) -> bool:
    """Whether others may not read it."""
    wanted = 0o005 if path.is_dir() else 0o004
    return _mode(path) & wanted != wanted


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777
