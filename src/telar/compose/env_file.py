"""`.env` as Compose reads it: NAME=value, a line each. What stands there stays, what is missing is appended."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from telar.credentials import write_private

_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)")
_SINGLE = re.compile(r"'(?P<inside>[^']*)'\s*(?:#.*)?")
_DOUBLE = re.compile(r'"(?P<inside>(?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_COMMENT = re.compile(r" #.*")
_VARIABLE = re.compile(r"\$(?:\$|(?P<bare>\w+)|\{(?P<name>\w+)(?::?-(?P<default>[^}]*))?\})")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "$": "$$"}


@dataclass(frozen=True)
class Entry:
    """One variable of the file, or what is wrong with its line; ``literal`` unless a `$` in it is put in by Compose."""

    number: int
    name: str = ""
    value: str = ""
    literal: bool = True
    problem: str = ""


@dataclass(frozen=True)
class EnvFile:
    """The text of `.env`, empty where there is none."""

    text: str

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every line that is neither empty nor a comment."""
        lines = enumerate(self.text.removeprefix("\ufeff").splitlines(), start=1)
        return tuple(_entry(number, line.strip()) for number, line in lines if line.strip() and line.strip()[0] != "#")

    @property
    def by_name(self) -> dict[str, Entry]:
        """The entry of each variable; of several the last, as for Compose."""
        return {entry.name: entry for entry in self.entries if entry.name}

    def values(self, around: Mapping[str, str]) -> dict[str, str]:
        """Every value, a `$NAME` in it replaced from ``around`` or else from the lines above."""
        found: dict[str, str] = {}
        for entry in self.entries:
            if entry.name:
                found[entry.name] = entry.value if entry.literal else _put_in(entry.value, {**found, **around})
        return found

    def with_more(self, heading: str, values: Mapping[str, str]) -> "EnvFile":
        """The same text and, below ``heading`` (a comment), ``values``."""
        before = f"{self.text.rstrip()}\n\n" if self.text.strip() else ""
        lines = [f"{name}={value}\n" for name, value in values.items()]
        return EnvFile(f"{before}{heading}{''.join(lines)}")


def read(path: Path) -> EnvFile:
    """The file; an empty one where there is none.

    Raises:
        OSError: it may not be read.
        UnicodeDecodeError: it is not UTF-8.
    """
    return EnvFile(path.read_text(encoding="utf-8") if path.exists() else "")


def write(path: Path, env: EnvFile) -> None:
    """Write it so that nobody else can read it; where `.env` is a link, the file that it leads to."""
    write_private(path.resolve(), env.text)


def _entry(number: int, line: str) -> Entry:
    found = _LINE.fullmatch(line)
    if found is None:
        return Entry(number, problem=f"{_shown(line)} is not NAME=value")
    name, value = found["name"], found["value"]
    if value[:1] in ("'", '"'):
        quoted = (_SINGLE if value[0] == "'" else _DOUBLE).fullmatch(value)
        if quoted is None:
            problem = f"the value of {name} has no closing {value[0]} at the end of the line"
            return Entry(number, name, problem=problem)
        if value[0] == "'":
            return Entry(number, name, quoted["inside"])
        inside = re.sub(r"\\(.)", lambda each: _ESCAPES.get(each[1], each[1]), quoted["inside"])
        return Entry(number, name, inside, literal="$" not in inside)
    plain = _COMMENT.sub("", value, count=1).rstrip()
    return Entry(number, name, plain, literal="$" not in plain)


def _shown(line: str) -> str:
    """The beginning of a line: the rest may be a secret."""
    return repr(line if len(line) <= 24 else f"{line[:20]}...")


def _put_in(value: str, known: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: _meant(found, known), value)


def _meant(found: re.Match[str], known: Mapping[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    return known.get(found["bare"] or found["name"]) or found["default"] or ""
