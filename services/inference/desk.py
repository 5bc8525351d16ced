"""Where a prediction request is answered: body in, status and body out, counted and recorded either way."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from services.inference.bodies import parsed, recordable, records_of
from services.inference.figures import Figures
from services.inference.gathering import Gathering
from services.inference.models import Models
from services.inference.recorder import Recorder
from services.inference.served import Prediction, Served
from telar.adapters.warehouse.predictions import PredictionRow
from telar.domain.errors import TelarError
from telar.web.errors import error_body, status_of, unforeseen_body


@dataclass
class Call:
    """One request under way; ``name`` is None for the default use case, ``served`` the one version that answers it."""

    name: str | None
    request_id: str
    body: bytes = b""
    served: Served | None = None
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began


class Desk:
    """Answers requests: single records on the event loop, batches on any thread."""

    def __init__(self, models: Models, recorder: Recorder, figures: Figures, max_records: int) -> None:
        self._models, self._recorder, self._figures, self._max_records = models, recorder, figures, max_records
        self._gathering = Gathering()

    async def one(self, call: Call) -> bytes:
        """The answer for one record; raises whatever is wrong with it."""
        served = call.served = self._models.require(call.name)
        value, flaw = parsed(call.body)
        record = served.validated(value)
        if flaw:
            raise flaw
        prediction = await self._gathering.predict(served, record)
        return self._answered(call, served, [record], [prediction], vars(prediction))

    def batch(self, call: Call) -> bytes:
        """The answer for all records of a batch, or for none."""
        served = call.served = self._models.require(call.name)
        value, flaw = parsed(call.body)
        records = served.validated_batch(records_of(value, self._max_records))
        if flaw:
            raise flaw
        predictions = served.predict(records)
        return self._answered(call, served, records, predictions, {"predictions": [vars(each) for each in predictions]})

    def refused(self, call: Call, error: TelarError) -> tuple[int, bytes]:
        """Status and body for an error of Telar."""
        status, code = status_of(error)
        self._note_failure(call, status, f"{code}: {error}")
        return status, orjson.dumps(error_body(error, call.request_id))

    def failed(self, call: Call, error: Exception) -> tuple[int, bytes]:
        """Status and body for an error that nobody foresaw; what it was stands in the record and in the log alone."""
        self._note_failure(call, 500, f"{type(error).__name__}: {error}")
        return 500, orjson.dumps(unforeseen_body(call.request_id))

    def _answered(
        self,
        call: Call,
        served: Served,
        records: Sequence[dict[str, Any]],
        predictions: Sequence[Prediction],
        body: dict[str, Any],
    ) -> bytes:
        seconds = call.seconds
        milliseconds = round(seconds * 1000, 3)
        self._figures.answered(served.name, served.version, 200, seconds, len(records))
        self._recorder.record(
            [
                _row(call, number, 200, milliseconds, record, prediction)
                for number, (record, prediction) in enumerate(zip(records, predictions, strict=True))
            ]
        )
        about = {"model": served.name, "version": served.version, "request_id": call.request_id}
        return orjson.dumps({**body, **about, "processing_ms": milliseconds})

    def _note_failure(self, call: Call, status: int, error: str) -> None:
        known = call.served.name if call.served else self._known(call.name)
        version = call.served.version if call.served else ""
        seconds = call.seconds
        self._figures.answered(known or "unknown", version, status, seconds, 1)
        row = PredictionRow(
            request_id=call.request_id,
            row_number=0,
            use_case=known,
            model_version=version or None,
            received_at=call.received_at,
            input=recordable(call.body),
            prediction=None,
            probabilities=None,
            status=status,
            error=error[:2000].replace("\x00", "\ufffd"),
            latency_ms=round(seconds * 1000, 3),
        )
        self._recorder.record([row])

    def _known(self, name: str | None) -> str | None:
        """The name when it is one of ours: anybody may invent others, and each would be a new series."""
        wanted = name or self._models.default
        return wanted if wanted in self._models.names else None


def _row(
    call: Call, number: int, status: int, milliseconds: float, record: dict[str, Any], prediction: Prediction
) -> PredictionRow:
    assert call.served is not None
    return PredictionRow(
        request_id=call.request_id,
        row_number=number,
        use_case=call.served.name,
        model_version=call.served.version,
        received_at=call.received_at,
        input=record,
        prediction=str(prediction.prediction),
        probabilities=prediction.probabilities,
        status=status,
        error=None,
        latency_ms=milliseconds,
    )
