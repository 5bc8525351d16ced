"""A mounted folder that is not there, or that containers cannot read, is told with its variable and the command."""

import subprocess
from pathlib import Path

import pytest

from telar.compose import mount_checks
from telar.compose.problems import Findings, listed


def look(path: Path, **variables: str) -> Findings:
    return mount_checks.look([("data-api", path), ("airflow-scheduler", path)], path.parent, variables)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a space that everybody may read, with one file."""
    made = tmp_path / "my rows"
    made.mkdir(mode=0o755)
    made.chmod(0o755)
    (made / "rows.csv").write_text("1\n")
    (made / "rows.csv").chmod(0o644)
    return made


def test_a_readable_folder_is_well(folder: Path) -> None:
    (folder / ".rows.csv.swp").touch(mode=0o600)
    assert look(folder) == Findings()


def test_a_folder_that_is_not_there_names_its_variable(tmp_path: Path) -> None:
    told = listed(look(tmp_path / "my rows", TELAR_DATA_FOLDER="./my rows").problems)
    assert "(TELAR_DATA_FOLDER), mounted into airflow-scheduler, data-api, is not there" in told
    assert f"mkdir -p '{tmp_path / 'my rows'}'" in told
    assert "make env" in listed(look(tmp_path / "data").problems)


def test_a_folder_that_containers_cannot_read_names_the_command_that_helps(folder: Path) -> None:
    folder.chmod(0o700)
    (problem,) = look(folder).problems
    assert "has mode 700" in problem.told
    subprocess.run(problem.fix, shell=True, check=True)
    assert look(folder) == Findings()


def test_a_file_within_that_containers_cannot_read_is_a_warning(folder: Path) -> None:
    (folder / "rows.csv").chmod(0o600)
    (warning,) = look(folder).warnings
    assert "rows.csv" in warning.told
    subprocess.run(warning.fix, shell=True, check=True)
    assert look(folder) == Findings()
