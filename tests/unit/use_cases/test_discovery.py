"""Discovery finds what is built in and what is mounted, and a broken file breaks itself only."""

import subprocess
import sys
from pathlib import Path

import pytest

from telar.domain.errors import ConfigurationError, UseCaseBroken
from telar.use_cases import discover
from tests.support.tiny import TINY, TINY_FOLDER

TINY_SOURCE = (TINY_FOLDER / "tiny.py").read_text()
BESIDE_TINY = sorted([*discover(None).use_cases, "tiny"])


def test_what_is_built_in_is_found_by_its_name_and_nothing_is_broken() -> None:
    registry = discover(None)
    assert "cover_type" in registry.use_cases
    assert [each.name for each in registry.use_cases.values()] == sorted(registry.use_cases)
    assert registry.broken == {}


def test_a_file_of_the_mounted_folder_stands_beside_the_built_in_ones() -> None:
    registry = discover(TINY_FOLDER)
    assert sorted(registry.use_cases) == BESIDE_TINY
    assert registry.get("tiny").digest == TINY.digest


def test_a_package_of_the_mounted_folder_may_import_its_own_modules(tmp_path: Path) -> None:
    package = tmp_path / "tiny"
    package.mkdir()
    (package / "definition.py").write_text(TINY_SOURCE)
    (package / "__init__.py").write_text("from .definition import USE_CASE as USE_CASE\n")
    assert discover(tmp_path).get("tiny").digest == TINY.digest


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import nothing_of_that_name\n", "ModuleNotFoundError"),
        ("def broken(:\n", "SyntaxError"),
        ("raise SystemExit(3)\n", "SystemExit"),
        ("X = 1\n", "defines no USE_CASE"),
        (TINY_SOURCE.replace('primary_metric="macro_f1"', 'primary_metric="beauty"'), "unknown metric beauty"),
        (TINY_SOURCE, "USE_CASE.name is 'tiny', the file's name is 'wrong'"),
    ],
)
def test_a_broken_file_breaks_itself_only(tmp_path: Path, source: str, told: str) -> None:
    (tmp_path / "wrong.py").write_text(source)
    (tmp_path / "tiny.py").write_text(TINY_SOURCE)
    registry = discover(tmp_path)
    assert sorted(registry.use_cases) == BESIDE_TINY
    assert told in registry.broken["wrong"]
    with pytest.raises(UseCaseBroken, match="use case wrong is broken"):
        registry.get("wrong")


def test_a_mounted_file_cannot_take_the_name_of_a_built_in_use_case(tmp_path: Path) -> None:
    (tmp_path / "cover_type.py").write_text(TINY_SOURCE.replace('name="tiny"', 'name="cover_type"'))
    registry = discover(tmp_path)
    assert registry.get("cover_type").title == "Forest cover type"
    assert "rename the file" in registry.broken["cover_type"]


def test_an_edit_of_the_same_length_within_the_same_second_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "tiny.py"
    file.write_text(TINY_SOURCE)
    assert discover(tmp_path).get("tiny").title == "Tiny"
    file.write_text(TINY_SOURCE.replace('title="Tiny"', 'title="Tidy"'))
    assert discover(tmp_path).get("tiny").title == "Tidy"
    assert not (tmp_path / "__pycache__").exists()


def test_hidden_and_private_files_are_left_out(tmp_path: Path) -> None:
    for name in ("_helper.py", ".hidden.py", "notes.txt"):
        (tmp_path / name).write_text("raise RuntimeError\n")
    assert discover(tmp_path).broken == {}


def test_an_unknown_name_is_answered_with_those_known() -> None:
    with pytest.raises(ConfigurationError, match="unknown use case 'nope'; known: cover_type"):
        discover(None).get("nope")


def test_a_folder_that_is_not_there_is_told_by_its_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"TELAR_USE_CASES is .*missing"):
        discover(tmp_path / "missing")


def test_discovery_imports_neither_pandas_nor_scikit_learn_nor_mlflow() -> None:
    program = (
        "import sys; from telar.use_cases import discover; discover(None)\n"
        "print(sorted({'numpy', 'pandas', 'sklearn', 'mlflow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
