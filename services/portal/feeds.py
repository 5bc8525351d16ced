"""What the data API says: which use cases it feeds, where their rows come from, and which files are broken."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.portal.asking import ask, parsed_object
from telar.domain.lifecycle import Provenance


@dataclass(frozen=True)
class Feed:
    """One use case's rows as the data API hands them out now."""

    use_case: str
    provenance: Provenance
    origin: str


@dataclass(frozen=True)
class Feeds:
    """Every feed, and the files that could not be loaded with the reason."""

    feeds: tuple[Feed, ...]
    broken: Mapping[str, str]


class DataApi:
    """The data API at ``url``."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self.url = url
        self._timeout = timeout_seconds

    def feeds(self) -> Feeds:
        """What ``GET /`` tells.

        Raises:
            ServiceUnavailable: it does not answer, or is not a data API.
        """
        told = parsed_object(ask(f"{self.url}/", self._timeout))
        return Feeds((), told.get("broken") or {})
