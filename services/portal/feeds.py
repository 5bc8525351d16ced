"""What the data API says: which use cases it feeds, where their rows come from, and which files are broken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from pydantic import TypeAdapter, ValidationError

from services.portal.asking import ask, parsed_object
from telar.domain.errors import ServiceUnavailable
from telar.domain.lifecycle import Provenance
from telar.domain.partitions import Partition

READY = "ready"
IDLE = "idle"
_PROVENANCE = TypeAdapter(Provenance)


@dataclass(frozen=True)
class Feed:
    """One use case's rows as the data API hands them out now.

    While its rows are on their way, or where they cannot be had, ``provenance`` is None and ``origin`` says so.
    ``parts`` are the rows of each part of a table that is split.
    """

    use_case: str
    title: str
    provenance: Provenance | None
    origin: str
    batches: int | None = None
    batch_rows: int | None = None
    parts: Mapping[Partition, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Feeds:
    """Every feed, and the files that could not be loaded with the reason."""

    feeds: tuple[Feed, ...] = ()
    broken: Mapping[str, str] = field(default_factory=dict)


class DataApi:
    """The data API at ``url``."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self.url = url
        self._timeout = timeout_seconds

    def feeds(self) -> Feeds:
        """What it feeds now; only a feed that is ready is asked, since the others would let us wait.

        An upstream that is not Telar's own tells nothing.

        Raises:
            ServiceUnavailable: it does not answer, or is not Telar's data API.
        """
        answer = ask(f"{self.url}/health", self._timeout)
        if is_foreign(answer):
            return Feeds()
        told = parsed_object(answer)
        states = told.get("use_cases")
        if not isinstance(states, dict):
            raise ServiceUnavailable(f"{self.url} is not Telar's data API: its /health names no use cases")
        return Feeds(
            tuple(self._feed(name, str(state)) for name, state in sorted(states.items())), told.get("broken") or {}
        )

    def _feed(self, name: str, state: str) -> Feed:
        if state != READY:
            return Feed(name, name, None, f"no rows yet ({state})")
        told = self._asked(f"/{name}/")
        try:
            provenance = _PROVENANCE.validate_python(told.get("provenance"))
        except ValidationError as error:
            raise ServiceUnavailable(f"{self.url}/{name}/ does not say where its rows come from") from error
        about = {key: told.get(key) for key in ("batches", "batch_rows")}
        return Feed(
            name, told.get("title", name), provenance, told.get("origin", ""), **about, parts=told.get("parts") or {}
        )

    def _asked(self, path: str) -> dict[str, Any]:
        return parsed_object(ask(self.url + path, self._timeout))


def is_foreign(health: requests.Response) -> bool:
    """Whether an upstream that was asked for /health is not Telar's: the originals have no such route."""
    return bool(health.status_code == requests.codes.not_found)
