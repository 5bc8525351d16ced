"""Discovery: every use case that this installation knows, built in or from a mounted folder, and every broken file."""

import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from telar.domain.errors import ConfigurationError, UseCaseBroken
from telar.domain.use_case import UseCase
from telar.use_cases._loading import load_built_in, load_file


@dataclass(frozen=True)
class Registry:
    """The use cases by name, and what is wrong with each file that could not be loaded, by the file's stem."""

    use_cases: Mapping[str, UseCase]
    broken: Mapping[str, str]

    def get(self, name: str) -> UseCase:
        """The use case of that name.

        Raises:
            UseCaseBroken: its file cannot be loaded; the text says why.
            ConfigurationError: nobody knows the name; the text lists those known.
        """
        if name in self.use_cases:
            return self.use_cases[name]
        if name in self.broken:
            raise UseCaseBroken(f"use case {name} is broken: {self.broken[name]}")
        known = ", ".join(sorted(self.use_cases)) or "none"
        raise ConfigurationError(f"unknown use case {name!r}; known: {known}")


def discover(folder: Path | None) -> Registry:
    """Loads the built-in use cases and those of ``folder``, each file on its own: a broken one breaks itself only.

    A use case is a module ``<name>.py`` or a package ``<name>/`` with ``USE_CASE``. Files of ``folder`` are read anew
    at each call, so a changed one is seen without a restart. Names that begin with ``_`` or ``.`` are left out.

    Raises:
        ConfigurationError: ``folder`` is set, but is not a folder.
    """
    use_cases: dict[str, UseCase] = {}
    broken: dict[str, str] = {}
    for stem, path in (*_built_in(), *_mounted(folder)):
        try:
            use_case = _use_case(stem, load_file(stem, path) if path else load_built_in(stem))
            if use_case.name in use_cases:
                raise UseCaseBroken(f"{use_case.name} is the name of a built-in use case; rename the file")
            use_cases[use_case.name] = use_case
        except (Exception, SystemExit) as error:  # whatever a file raises is told as its own fault
            broken[stem] = f"{path or stem}: {type(error).__name__}: {error}"
    return Registry(use_cases, broken)


def _built_in() -> Iterator[tuple[str, None]]:
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return ((name, None) for name in sorted(names) if not name.startswith("_"))


def _mounted(folder: Path | None) -> Iterator[tuple[str, Path]]:
    if folder is None:
        return
    if not folder.is_dir():
        raise ConfigurationError(f"TELAR_USE_CASES is {folder}, which is not a folder; create it or unset the variable")
    for path in sorted(folder.iterdir()):
        if path.name.startswith(("_", ".")):
            continue
        if path.suffix == ".py":
            yield path.stem, path
        elif (path / "__init__.py").is_file():
            yield path.name, path / "__init__.py"


def _use_case(stem: str, module: ModuleType) -> UseCase:
    use_case = getattr(module, "USE_CASE", None)
    if not isinstance(use_case, UseCase):
        raise UseCaseBroken("the file defines no USE_CASE; add USE_CASE = UseCase(...)")
    if use_case.name != stem:
        raise UseCaseBroken(f"USE_CASE.name is {use_case.name!r}, the file's name is {stem!r}; make them equal")
    return use_case
