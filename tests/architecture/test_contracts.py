"""Each rule of `make check` is broken on purpose in a copy of the tree, and the command of `make check` says so."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
BREAKING = {
    "floors": ("src/telar/adapters/onnx_model.py", "import telar.pipeline"),
    "services-apart": ("services/portal/words.py", "import services.inference"),
    "use-cases-by-discovery": ("services/inference/main.py", "import telar.use_cases"),
    "fastapi-in-web": ("src/telar/pipeline/decide.py", "import fastapi"),
    "no-frames": ("src/telar/web/logs.py", "import streamlit"),
    "pure-domain": ("src/telar/domain/drift.py", "def f():\n    import numpy"),
    "bare-compose": ("src/telar/compose/up.py", "def f():\n    import typer"),
    "light-serving": ("services/inference/main.py", "import telar.adapters.model_registry.registry"),
    "no-cycles": ("src/telar/domain/metrics.py", "import telar.domain.promotion"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as it is, without what was generated."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("src", "services", "dags"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "Makefile"):
        shutil.copy2(PROJECT / name, folder / name)
    return folder


def contracts() -> list[dict[str, str]]:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    return list(settings["tool"]["importlinter"]["contracts"])


def test_every_import_contract_is_broken_here() -> None:
    assert {contract["id"] for contract in contracts()} == set(BREAKING)


def test_no_contract_has_an_exemption() -> None:
    assert [contract["name"] for contract in contracts() if "ignore_imports" in contract] == []


def test_the_tree_as_it_is_keeps_every_contract(copy: Path) -> None:
    done = check(copy, "lint-imports")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", contracts(), ids=lambda contract: contract["id"])
def test_make_check_sees_a_broken_import_contract(contract: dict[str, str], copy: Path) -> None:
    file, line = BREAKING[contract["id"]]
    with changed(copy / file, lambda text: f"{text}\n{line}\n"):
        done = check(copy, "lint-imports")
    assert done.returncode != 0
    assert f"{contract['name']} BROKEN" in done.stdout


def test_make_check_sees_a_function_without_types(copy: Path) -> None:
    with changed(copy / "src/telar/domain/base.py", lambda text: f"{text}\n\ndef untyped(value):\n    return value\n"):
        done = check(copy, "mypy", "-p", "telar.domain")
    assert done.returncode != 0
    assert "no-untyped-def" in done.stdout


def test_make_check_sees_an_import_that_is_not_used(copy: Path) -> None:
    with changed(copy / "src/telar/domain/base.py", lambda text: text.replace("\n\n", "\n\nimport os\n", 1)):
        done = check(copy, "ruff check")
    assert done.returncode != 0
    assert "F401" in done.stdout


def test_make_check_sees_a_line_that_is_not_formatted(copy: Path) -> None:
    with changed(copy / "src/telar/domain/base.py", lambda text: f"{text}\nONE  =  1\n"):
        done = check(copy, "ruff format --check")
    assert done.returncode != 0
    assert "base.py" in done.stdout


def check(copy: Path, tool: str, *more: str) -> "subprocess.CompletedProcess[str]":
    """The one command of `make check` that holds ``tool``, with the tools of this environment, in the copy."""
    said = subprocess.run(
        ["make", "--dry-run", "--old-file=install-dev", "check"], cwd=copy, capture_output=True, text=True, check=True
    )
    command = next(each for each in said.stdout.replace("\n", " && ").split("&&") if tool in each).split()
    here = Path(sys.executable).parent
    words = [str(here / Path(word).name) if word.startswith(".telar/venv/bin/") else word for word in command]
    paths = os.pathsep.join((str(copy / "src"), str(copy / "dags"), str(copy)))
    return subprocess.run(
        [*words, *more],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": paths, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@contextmanager
def changed(file: Path, change: Callable[[str], str]) -> Iterator[None]:
    """The file changed, until the block ends."""
    before = file.read_text()
    file.write_text(change(before))
    try:
        yield
    finally:
        file.write_text(before)
