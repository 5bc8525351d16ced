"""What the machine lacks is said with the fix."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from telar.embedded import machine
from tests.embedded.conftest import PROJECT


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_these_pythons_will_do(version: tuple[int, int]) -> None:
    assert machine.python_problem(version) is None


@pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 14)])
def test_another_python_is_named_with_the_fix(version: tuple[int, int]) -> None:
    told = machine.python_problem(version)
    assert told is not None
    assert f"Python {version[0]}.{version[1]}" in told
    assert "make demo PYTHON=" in told


def test_too_little_disk_is_named_with_both_figures(tmp_path: Path) -> None:
    told = machine.disk_problem(tmp_path, needed_mb=10**9)
    assert told is not None
    assert f"{10**9} MB are needed" in told
    assert machine.disk_problem(tmp_path, needed_mb=1) is None


def test_too_little_memory_is_named_and_can_be_overruled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = machine.memory_problem(needed_mb=10**9)
    assert told is not None
    assert "TELAR_MEMORY_MB=" in told
    monkeypatch.setenv("TELAR_MEMORY_MB", str(10**9))
    assert machine.problems(tmp_path, installed=True) == [told]


def test_a_running_platform_need_not_find_its_memory_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TELAR_MEMORY_MB", str(10**9))
    (tmp_path / ".telar" / "run").mkdir(parents=True)
    (tmp_path / ".telar" / "run" / "supervisord.pid").write_text(f"{os.getpid()}\n")
    assert machine.problems(tmp_path, installed=True) == []


def fake_python(folder: Path, version: str, accepted: bool) -> Path:
    """A program that calls itself Python ``version``."""
    program = folder / f"python{version}"
    refuses = "exit 0" if accepted else "exit 1"
    program.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo "Python {version}"; exit 0; fi\n{refuses}\n')
    program.chmod(0o755)
    return program


def choose(folder: Path, path: str, python: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the Makefile's choice of a Python in a project folder."""
    environment = {"PATH": path, **({"PYTHON": python} if python else {})}
    return subprocess.run(
        ["/bin/sh", str(PROJECT / "scripts" / "python.sh")],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_unsupported_python_variable_is_refused_by_name(tmp_path: Path) -> None:
    old = fake_python(tmp_path, "3.9", accepted=False)
    done = choose(tmp_path, os.environ["PATH"], str(old))
    assert done.returncode == 1
    assert "Python 3.9" in done.stderr
    assert "3.11 to 3.13" in done.stderr


def test_the_python_variable_wins(tmp_path: Path) -> None:
    chosen = choose(tmp_path, os.environ["PATH"], sys.executable)
    assert chosen.stdout.strip() == sys.executable


def test_a_name_that_only_pretends_is_passed_over(tmp_path: Path) -> None:
    fake_python(tmp_path, "3.13", accepted=False)
    good = fake_python(tmp_path, "3.12", accepted=True)
    assert choose(tmp_path, f"{tmp_path}:/usr/bin:/bin").stdout.strip() == str(good)


def test_the_python_that_was_installed_with_is_kept(tmp_path: Path) -> None:
    fake_python(tmp_path, "3.13", accepted=True)
    (tmp_path / ".telar" / "venv" / "bin").mkdir(parents=True)
    fake_python(tmp_path / ".telar" / "venv" / "bin", "", accepted=True)
    assert choose(tmp_path, f"{tmp_path}:/usr/bin:/bin").stdout.strip() == str(tmp_path / "python3.13")
    (tmp_path / ".telar" / "venv" / "telar-stamp").touch()
    assert choose(tmp_path, f"{tmp_path}:/usr/bin:/bin").stdout.strip() == ".telar/venv/bin/python"


def test_no_python_at_all_says_what_to_install(tmp_path: Path) -> None:
    for version in ("3.13", "3.12", "3.11", "3"):
        fake_python(tmp_path, version, accepted=False)
    done = choose(tmp_path, f"{tmp_path}:/usr/bin:/bin")
    assert done.returncode == 1
    assert "install one" in done.stderr
