"""`.env.example` explains every variable of the compose files, holds no secret, and `make` has the words."""

import re
import subprocess
from pathlib import Path

import pytest

from telar.compose import env_file
from telar.compose.project import Project
from telar.compose.welcome import PAGES
from telar.credentials import INSTALLED, OF_CONTAINERS
from tests.compose.place import PROJECT, machine

FILES = [PROJECT / "docker-compose.yaml", *sorted((PROJECT / "deploy" / "compose").glob("*.yaml"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_variable_of_the_compose_files_is_explained(file: Path) -> None:
    text = file.read_text()
    named = set(re.findall(r"\$\{?([A-Z][A-Z0-9_]+)", text))
    named |= {name for words in re.findall(r"args: \[(.*)\]", text) for name in words.replace(" ", "").split(",")}
    explained = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert sorted(named - explained) == []


def test_every_generated_variable_is_explained() -> None:
    assert {*OF_CONTAINERS, *INSTALLED, "TELAR_SECRETS"} <= Project(PROJECT).known_names()


def test_the_example_holds_no_secret_and_can_be_copied() -> None:
    text = (PROJECT / ".env.example").read_text()
    entries = env_file.EnvFile(text).entries
    assert [each.problem for each in entries if each.problem] == []
    assert [each.name for each in entries if each.name in OF_CONTAINERS] == []
    given = dict(re.findall(r"^#?(TELAR_\w+)=(.*)$", text, re.MULTILINE))
    assert {name: given[name] for name in OF_CONTAINERS if given[name]} == {}


def test_every_page_that_is_told_is_a_port_of_the_compose_file() -> None:
    text = (PROJECT / "docker-compose.yaml").read_text()
    services = dict(re.findall(r"^  ([a-z-]+):\n((?:(?:    .*)?\n)+)", text, re.MULTILINE))
    ports = {(name, int(port)) for name, body in services.items() for port in re.findall(r"_PORT:-\d+\}:(\d+)\"", body)}
    assert ports == set(PAGES)


@pytest.mark.parametrize("word", ["up", "down", "destroy", "env", "e2e"])
def test_make_help_explains_the_word(word: str) -> None:
    told = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert f"make {word} " in told


def test_make_env_needs_make_sh_and_a_python_and_nothing_else(tmp_path: Path) -> None:
    wanted = ["Makefile", "scripts", "src/telar", ".env.example", "docker-compose.yaml"]
    archive = subprocess.run(
        ["tar", "-c", "--exclude=__pycache__", *wanted], cwd=PROJECT, capture_output=True, check=True
    )
    subprocess.run(["tar", "-x"], cwd=tmp_path, input=archive.stdout, check=True)
    done = subprocess.run(["make", "env"], cwd=tmp_path, env=machine(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / ".env").is_file()
    assert not (tmp_path / ".telar").exists()
    assert list((tmp_path / "src").rglob("__pycache__")) == []


def test_a_python_after_the_last_that_the_packages_know_will_do(tmp_path: Path) -> None:
    newer = tmp_path / "python3.14"
    newer.write_text('#!/bin/sh\ncase "$2" in *", 99"*) exit 0;; *) exit 1;; esac\n')
    newer.chmod(0o755)
    assert chosen(newer, "newer").stdout.strip() == str(newer)
    refused = chosen(newer)
    assert refused.returncode == 1
    assert "3.11 to 3.13" in refused.stderr


def chosen(python: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """What scripts/python.sh says to PYTHON=``python``."""
    command = ["/bin/sh", str(PROJECT / "scripts" / "python.sh"), *words]
    around = {"PATH": "/usr/bin:/bin", "PYTHON": str(python)}
    return subprocess.run(command, cwd=python.parent, env=around, capture_output=True, text=True, check=False)
