"""`make env` writes `.env` and the files of its secrets once, and takes nobody's files away."""

from pathlib import Path

import pytest

from telar.compose.install import install
from telar.compose.problems import NotReady
from telar.compose.weak import weakness
from telar.credentials import OF_CONTAINERS
from tests.compose.place import Place


def secret_files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if not path.name.startswith(".")}


def test_env_is_written_once_with_secrets_of_its_own(place: Place) -> None:
    done = place.run("env")
    assert done.returncode == 0, done.stderr
    assert "wrote .env with 20 fresh passwords" in done.stdout
    assert place.env.stat().st_mode & 0o777 == 0o600
    values = place.project.read_env().values({})
    assert set(OF_CONTAINERS) < set(values)
    assert len({values[name] for name in OF_CONTAINERS}) == len(OF_CONTAINERS)
    assert [name for name in OF_CONTAINERS if weakness(name, values[name])] == []
    first = place.env.read_bytes()
    again = place.run("env")
    assert again.returncode == 0
    assert "nothing was missing" in again.stdout
    assert place.env.read_bytes() == first


def test_each_secret_lies_in_a_file_that_containers_can_read_and_nobody_else(installed: Place) -> None:
    folder = installed.folder / "secrets"
    assert folder.stat().st_mode & 0o777 == 0o700
    values = installed.project.read_env().values({})
    wanted = {name.removeprefix("TELAR_").lower(): values[name] for name in OF_CONTAINERS}
    assert secret_files(folder) == wanted
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}


def test_what_somebody_wrote_stays_and_what_is_missing_is_added(place: Place) -> None:
    mine = "# my platform\nTELAR_DB_OWNER_PASSWORD='a phrase$of-my-own'\nTELAR_PORTAL_PORT=9000 # because\n"
    place.env.write_text(mine)
    install(place.project)
    assert place.env.read_text().startswith(f"{mine}\n# Added on ")
    assert place.env.read_text().count("TELAR_DB_OWNER_PASSWORD") == 1
    assert secret_files(place.folder / "secrets")["db_owner_password"] == "a phrase$of-my-own"


def test_a_changed_secret_reaches_its_file_and_one_that_is_no_more_loses_it(installed: Place) -> None:
    (installed.folder / "secrets" / "of_an_older_version").write_text("old")
    installed.settings(TELAR_REDIS_PASSWORD="another-one-of-mine")
    install(installed.project)
    files = secret_files(installed.folder / "secrets")
    assert files["redis_password"] == "another-one-of-mine"
    assert "of_an_older_version" not in files


def test_the_folder_of_the_secrets_may_be_another(place: Place) -> None:
    elsewhere = place.folder.parent / "elsewhere" / "secrets"
    place.settings(TELAR_SECRETS=elsewhere)
    install(place.project)
    assert len(secret_files(elsewhere)) == len(OF_CONTAINERS)
    assert not (place.folder / "secrets").exists()


def test_a_folder_of_somebody_elses_files_is_left_alone(place: Place) -> None:
    foreign = place.folder.parent / "documents"
    foreign.mkdir(mode=0o755)
    (foreign / "thesis.txt").write_text("years of work")
    place.settings(TELAR_SECRETS=foreign)
    with pytest.raises(NotReady, match=r"TELAR_SECRETS=\./secrets"):
        install(place.project)
    assert (foreign / "thesis.txt").read_text() == "years of work"
    assert foreign.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in foreign.iterdir()] == ["thesis.txt"]


def test_the_mounted_folders_are_made_so_that_containers_can_read_them(installed: Place) -> None:
    for name in ("use_cases", "data"):
        assert (installed.folder / name).stat().st_mode & 0o777 == 0o755


def test_a_mounted_folder_of_ones_own_is_not_made(place: Place) -> None:
    place.settings(TELAR_DATA_FOLDER=place.folder.parent / "rows")
    install(place.project)
    assert not (place.folder / "data").exists()
    assert not (place.folder.parent / "rows").exists()


def test_an_env_that_is_no_text_is_said_so(place: Place) -> None:
    place.env.write_bytes(b"TELAR_A=\xff\xfe")
    done = place.run("env")
    assert done.returncode == 1
    assert ".env cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_project_the_command_says_so(place: Place) -> None:
    outside = Place(place.folder.parent, "none")
    done = outside.run("env")
    assert done.returncode == 1
    assert "no Telar project" in done.stderr
