"""What the images are built from says the same in each place."""

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DOCKERFILE = (PROJECT / "services/Dockerfile").read_text()
ABOUT = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = ABOUT["optional-dependencies"]
PINNED = re.findall(r"^([a-z0-9-]+)==", (PROJECT / "requirements.lock").read_text(), re.M)


def test_the_images_are_labelled_with_the_packages_version() -> None:
    assert re.findall(r"^ARG VERSION=(\S+)", DOCKERFILE, re.M) == [ABOUT["version"]]


def test_every_image_installs_an_extra_of_the_package() -> None:
    installed = re.findall(r"^RUN .*install-extra (\S+)", DOCKERFILE, re.M)
    assert len(installed) == 6
    assert set(installed) <= set(EXTRAS)


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_the_lock_pins_what_an_extra_asks_for(extra: str) -> None:
    asked = {re.split(r"[^\w.-]", each)[0].lower() for each in EXTRAS[extra]} - {"telar"}
    assert asked <= set(PINNED)


def test_no_image_fetches_another_dockerfile_syntax_and_no_file_names_a_registry() -> None:
    assert "syntax=" not in DOCKERFILE
    assert not re.search(r"https?://|\b[\w-]+\.(io|com|org)/", DOCKERFILE + (PROJECT / "requirements.lock").read_text())
