"""The commands say what to do: beside another demo, without a platform, outside a project."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from telar.embedded import platform
from telar.embedded.layout import Layout, find_project
from tests.embedded.conftest import PROJECT
from tests.support.tiny import TINY_FOLDER

WORDS = ("demo", "stop", "status", "logs", "test", "check", "bench", "doctor", "clean")


def telar(layout: Layout, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "telar.embedded", *words]
    return subprocess.run(command, cwd=layout.project, capture_output=True, text=True, check=False)


def test_a_second_demo_beside_the_first_is_refused_with_its_process(layout: Layout) -> None:
    with platform.alone(layout):
        done = telar(layout, "demo")
    assert done.returncode == 1
    assert f"another `make demo` of this folder is at work (process {os.getpid()})" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_demo_of_an_unknown_use_case_lists_those_there_are_and_starts_nothing(layout: Layout) -> None:
    (layout.home / "use_cases" / "tiny.py").write_text((TINY_FOLDER / "tiny.py").read_text())
    done = telar(layout, "demo", "nobody")
    assert done.returncode == 1
    assert "unknown use case 'nobody'; known: " in done.stderr
    assert "cover_type" in done.stderr
    assert "tiny" in done.stderr
    assert telar(layout, "status").returncode == 3


def test_status_without_a_platform_says_how_to_start_it(layout: Layout) -> None:
    done = telar(layout, "status")
    assert done.returncode == 3
    assert "make demo" in done.stdout


def test_logs_of_an_unknown_program_name_the_known_ones(layout: Layout) -> None:
    layout.log("portal").write_text("one\ntwo\n")
    done = telar(layout, "logs", "porta")
    assert done.returncode == 1
    assert "portal" in done.stderr
    assert telar(layout, "logs", "portal", "--lines", "1").stdout == "two\n"


def test_the_project_is_found_from_a_folder_within(layout: Layout) -> None:
    within = layout.project / "services" / "portal"
    within.mkdir(parents=True)
    assert find_project(within) == layout


def test_outside_a_project_the_installed_one_is_meant(tmp_path: Path) -> None:
    assert find_project(tmp_path).project == PROJECT


@pytest.mark.parametrize("word", WORDS)
def test_make_help_explains_every_word(word: str) -> None:
    told = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert f"make {word} " in told
