"""The client of a course-style data API, Telar's own (prefixed) or an original: describe, fetch a batch, restart."""

import hashlib
import json
from datetime import UTC, datetime

from telar.adapters.sources.http import Reply, accepted, get
from telar.adapters.sources.parsing import parse
from telar.domain.answer import Answer, SourceDescription
from telar.domain.errors import MalformedAnswer, SourceRefused
from telar.domain.lifecycle import Provenance
from telar.domain.use_case import UseCase


class DataApiClient:
    """Asks one upstream for one use case. It never repeats a request by itself: the upstream may advance on each.

    ``prefixed`` says whether the paths begin with the use case's name, as Telar's own data API offers; an original
    has no prefix. ``timeout_seconds`` bounds each whole answer.
    """

    def __init__(self, url: str, use_case: UseCase, prefixed: bool, timeout_seconds: float) -> None:
        self.base = url.rstrip("/") + (f"/{use_case.name}" if prefixed else "")
        self._use_case = use_case
        self._prefixed = prefixed
        self._seconds = timeout_seconds

    def describe(self) -> SourceDescription:
        """Where the upstream's rows come from; an original tells nothing and is called ``upstream``.

        Raises:
            SourceUnavailable: no answer, or a 5xx.
            SourceRefused: Telar's data API does not know this use case.
        """
        reply = get(f"{self.base}/", {}, self._seconds)
        told = _description(reply.body) if reply.status == 200 else None
        if told is not None:
            return told
        if self._prefixed or reply.status >= 500:
            self._checked(reply)
        return SourceDescription(provenance=Provenance.UPSTREAM, origin=f"the data API at {self.base}")

    def fetch(self, group: int) -> Answer:
        """The current batch of ``group``, exactly as received.

        Raises:
            EndOfData: everything was handed out.
            SourceUnavailable: no answer, a time-out, a 5xx; worth another try.
            SourceRefused: any other 4xx; the request itself is wrong.
            MalformedAnswer: an answer that cannot be stored as a batch.
        """
        asked = datetime.now(UTC)
        reply = self._checked(get(f"{self.base}/data", {"group_number": group}, self._seconds))
        received = datetime.now(UTC)
        batch = parse(reply.body, self._use_case.names, group)
        return Answer(
            group_number=group,
            batch_number=batch.number,
            columns=batch.columns,
            rows=batch.rows,
            payload_sha256=hashlib.sha256(reply.body).hexdigest(),
            requested_at=asked,
            received_at=received,
        )

    def restart(self, group: int) -> None:
        """Puts the upstream back to its first batch for ``group``; raises as `fetch` does."""
        reply = self._checked(get(f"{self.base}/restart_data_generation", {"group_number": group}, self._seconds))
        if b"ok" not in reply.body:
            raise MalformedAnswer(f'{reply.url} did not confirm the restart with "ok": {reply.body[:100]!r}')

    def _checked(self, reply: Reply) -> Reply:
        try:
            return accepted(reply)
        except SourceRefused as error:
            if not self._prefixed or reply.status != 404:
                raise
            hint = "an original data API has no prefix: set TELAR_SOURCE_PREFIXED=false"
            raise SourceRefused(
                f"{error}. {hint}", status_code=error.status_code, nothing_handed_out=error.nothing_handed_out
            ) from error


def _description(body: bytes) -> SourceDescription | None:
    """What Telar's data API tells at its root; None for anything else, such as an original's greeting."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    if not isinstance(told, dict) or not {"provenance", "origin"} <= told.keys():
        return None
    return SourceDescription.model_validate({name: told.get(name) for name in SourceDescription.model_fields})
