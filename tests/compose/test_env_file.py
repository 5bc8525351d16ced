"""`.env` is read as Compose reads it, and what somebody wrote into it stays."""

import pytest

from telar.compose import env_file
from telar.compose.env_file import EnvFile
from tests.compose.place import Place

LINES = r"""
# a comment
TELAR_A=plain
TELAR_B = spaced value 
export TELAR_C=exported
TELAR_D='single $X # not'   # comment
TELAR_E="double \"q\" \$X ${TELAR_A}" # comment
TELAR_F=value # comment
TELAR_G=value#none
TELAR_H=#hash
TELAR_I=
TELAR_J=$TELAR_A-${TELAR_B}-$UNSET-
TELAR_K=a$$b
TELAR_L=it's
TELAR_M=${UNSET:-default}
TELAR_N="a'b"
TELAR_O='a"b'
TELAR_P=back\nslash
TELAR_A=again
TELAR_SECRETS=./secrets
"""  # noqa: W291


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_values_are_those_that_compose_reads(place: Place, end: str) -> None:
    place.env.write_text(LINES.replace("\n", end), newline="")
    told = dict(line.partition("=")[::2] for line in place.docker("compose", "config", "--environment").splitlines())
    read = env_file.read(place.env).values({})
    assert len(read) == 17
    assert read == {name: told[name] for name in read}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("TELAR_BIND 0.0.0.0", "is not NAME=value"),
        ("TELAR_BIND: 0.0.0.0", "is not NAME=value"),
        ("two words=1", "is not NAME=value"),
        ("TELAR_BIND='0.0.0.0", "TELAR_BIND has no closing '"),
        ('TELAR_BIND="0.0.0.0" more', 'TELAR_BIND has no closing " at the end'),
    ],
)
def test_a_line_that_cannot_be_read_is_named_by_its_number(line: str, told: str) -> None:
    (entry,) = EnvFile(f"# first\n\n{line}\n").entries
    assert entry.number == 3
    assert told in entry.problem


def test_the_message_about_a_line_does_not_show_what_may_be_a_password() -> None:
    (entry,) = EnvFile("TELAR_DB_OWNER_PASSWORD correct-horse-battery\n").entries
    assert "horse" not in entry.problem


def test_what_is_missing_is_appended_and_the_rest_stays() -> None:
    mine = "# mine\nTELAR_BIND=0.0.0.0   # open"
    assert EnvFile(mine).with_more("# Added.\n", {"TELAR_X": "1"}).text == f"{mine}\n\n# Added.\nTELAR_X=1\n"


def test_the_file_is_private_from_its_first_moment(place: Place) -> None:
    env_file.write(place.env, EnvFile("TELAR_A=1\n"))
    assert place.env.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(place: Place) -> None:
    kept = place.folder.parent / "kept.env"
    place.env.symlink_to(kept)
    env_file.write(place.env, EnvFile("TELAR_A=1\n"))
    assert place.env.is_symlink()
    assert kept.read_text() == "TELAR_A=1\n"
