"""The rules of the house that no linter knows."""

import ast
import inspect
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from telar import settings
from telar.use_cases import discover

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_FILE, LONGEST_FUNCTION = 200, 40
MAY_NAME_A_DATA_SET = (
    "src/telar/use_cases/", "tests/", "docs/use-cases/",
    "README.md", ".env.example", "Makefile", "docker-compose", ".ci/",
)  # fmt: skip


def tracked(*folders: str) -> list[Path]:
    """The files that are, or are about to be, under version control."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    return [PROJECT / line for line in sorted(set(said.splitlines())) if (PROJECT / line).is_file()]


def modules() -> list[Path]:
    return [path for path in tracked("src", "services", "dags", "plugins") if path.suffix == ".py"]


def relative(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_code_names_a_data_set_but_its_own_file() -> None:
    names = sorted(discover(None).use_cases)
    assert names
    naming = [
        f"{relative(path)}: {name}"
        for path in tracked()
        if not relative(path).startswith(MAY_NAME_A_DATA_SET) and path.suffix in (".py", ".toml", ".yaml", ".sh", ".md")
        for name in names
        if name in path.read_text()
    ]
    assert naming == []


def test_every_variable_stands_in_the_example_with_its_explanation() -> None:
    told = (PROJECT / ".env.example").read_text()
    missing = [name for name in variables() if f"{name}=" not in told]
    assert missing == []


def variables() -> list[str]:
    """Every variable that a settings class reads, secrets of the processes included."""
    classes = [each for _, each in inspect.getmembers(settings, inspect.isclass) if issubclass(each, BaseSettings)]
    public = [each for each in classes if each.__module__ == settings.__name__ and not each.__name__.startswith("_")]
    assert len(public) >= 8
    return [f"{each.model_config['env_prefix']}{field}".upper() for each in public for field in each.model_fields]


def test_files_stay_short() -> None:
    """But for a revision of the tables, which is history and never cut."""
    lengths = {relative(path): len(path.read_text().splitlines()) for path in modules() if "versions" not in path.parts}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_functions_stay_short() -> None:
    lengths = {
        f"{relative(path)}:{node.lineno} {node.name}": lines_of(node) for path in modules() for node in functions(path)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Without the docstring, which nobody should cut short."""
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return (function.end_lineno or first.lineno) - first.lineno + 1


def test_every_module_opens_with_a_sentence_of_purpose() -> None:
    silent = [
        relative(path)
        for path in modules()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


@pytest.mark.parametrize("folder", ["src", "services", "dags", "plugins"])
def test_a_type_ignore_names_its_error_and_its_reason(folder: str) -> None:
    bare = [
        f"{relative(path)}:{number + 1}"
        for path in tracked(folder)
        if path.suffix == ".py"
        for lines in [path.read_text().splitlines()]
        for number, line in enumerate(lines)
        if "# type: ignore" in line and not explained(line, lines[number - 1])
    ]
    assert bare == []


def explained(line: str, before: str) -> bool:
    """The error in brackets, and why: behind it, or in the comment above."""
    return "# type: ignore[" in line and (line.count("#") >= 2 or before.strip().startswith("#"))
