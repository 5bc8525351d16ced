"""Where the rows of every use case come from: what the data API hands out now, and what lies in the warehouse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.portal.feeds import Feed
from telar.adapters.warehouse.history_lines import StoredOrigin
from telar.domain.lifecycle import Provenance


@dataclass(frozen=True)
class Origin:
    """One use case: its feed now (None where the data API does not tell), and the origins of its stored batches."""

    use_case: str
    feed: Feed | None
    stored: tuple[StoredOrigin, ...]

    @property
    def title(self) -> str:
        """Its title where the data API tells it, else its name."""
        return self.feed.title if self.feed else self.use_case

    @property
    def provenances(self) -> tuple[Provenance, ...]:
        """Each provenance once, generated rows first, so that nothing can hide them."""
        found = {each.provenance for each in self.stored}
        if self.feed is not None and self.feed.provenance is not None:
            found.add(self.feed.provenance)
        return tuple(sorted(found, key=lambda each: (each is not Provenance.SAMPLE, each.value)))

    @property
    def generated(self) -> bool:
        """Whether any of its rows, stored or on offer, are made up."""
        return Provenance.SAMPLE in self.provenances


def origins(feeds: Iterable[Feed], stored: Sequence[StoredOrigin]) -> list[Origin]:
    """One entry for each use case that either side knows, by name."""
    by_name = {feed.use_case: feed for feed in feeds}
    names = sorted({*by_name, *(each.use_case for each in stored)})
    return [Origin(name, by_name.get(name), tuple(each for each in stored if each.use_case == name)) for name in names]
