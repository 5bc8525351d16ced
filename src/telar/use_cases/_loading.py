"""The import of one use-case file by its path, always from its source as it is now."""

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from telar.domain.errors import UseCaseBroken

PREFIX = "telar_use_cases_"


class _SourceOnly(SourceFileLoader):
    """Never reads or writes bytecode: two edits within one second would be taken for one file."""

    def path_stats(self, path: str) -> Mapping[str, Any]:
        raise OSError(f"no cache for {path!r}")


def load_built_in(name: str) -> ModuleType:
    """The module ``telar.use_cases.<name>``."""
    return importlib.import_module(f"telar.use_cases.{name}")


def load_file(stem: str, path: Path) -> ModuleType:
    """The module at ``path`` (of a package: its ``__init__.py``), under a name of its own in ``sys.modules``."""
    name = PREFIX + stem
    for each in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[each]
    folders = [str(path.parent)] if path.name == "__init__.py" else None
    loader = _SourceOnly(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader, submodule_search_locations=folders)
    if spec is None:
        raise UseCaseBroken(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
