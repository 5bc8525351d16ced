"""The answers of the data API, with examples, as its OpenAPI description shows them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.data_api.parts import Parts
from services.data_api.positions import END_OF_DATA
from services.data_api.upstream import Upstream
from telar.domain.answer import SourceDescription
from telar.domain.lifecycle import Provenance
from telar.domain.partitions import TRAIN, Partition

INVALID_GROUP = "Número de grupo inválido"
ROW: list[JsonValue] = ["2596", "51", "3", "258", "0", "510", "221", "232", "148", "6279", "Rawah", "C7745", "4"]


class Batch(BaseModel):
    """One answer: a random part of the group's current batch, each value a text (or each row an object)."""

    model_config = ConfigDict(json_schema_extra={"example": {"group_number": 1, "batch_number": 1, "data": [ROW]}})

    group_number: int
    batch_number: int
    data: list[list[str | None]] | list[dict[str, JsonValue]]


class Restarted(BaseModel):
    """The group begins again at batch 1."""

    ok: bool = True


class Description(SourceDescription):
    """What one use case hands out, and where its rows come from: file, download or generated sample."""

    use_case: str
    title: str
    rows: int
    batch_rows: int
    answer_rows: int
    groups: int
    columns: list[str]
    notes: list[str]
    parts: dict[Partition, int] = Field(default_factory=dict)


class Greeting(BaseModel):
    """All use cases, and the description of the default one at the top level, where there is one."""

    model_config = ConfigDict(extra="allow")

    message: str
    use_cases: list[str]


class Health(BaseModel):
    """``status`` is OK, loading (some rows are on their way) or degraded (some use case has none or is broken)."""

    status: str
    use_cases: dict[str, str]
    broken: dict[str, str]


class DatasetInfo(BaseModel):
    """The rows of each part of a split data set, the rows of a batch, and where they come from."""

    train_size: int
    validation_size: int
    test_size: int
    batch_size: int
    provenance: Provenance
    origin: str


class PartBatches(BaseModel):
    """How many batches of ``batch_size`` rows a part has; the last one may be smaller."""

    partition: Partition
    total_batches: int
    batch_size: int
    total_rows: int


class PartBatch(BaseModel):
    """The rows of a part from ``start_row`` to before ``end_row``."""

    batch_number: int
    start_row: int
    end_row: int
    batch_size: int
    data: list[dict[str, JsonValue]]


def describe(served: Upstream | Parts) -> Description:
    """Waits for the rows; raises as `Upstream.feed` does."""
    return _described_parts(served) if isinstance(served, Parts) else _described(served)


def _described_parts(parts: Parts) -> Description:
    manifest = parts.feed().manifest
    return Description(
        provenance=manifest.provenance,
        origin=manifest.origin,
        batches=parts.batches(TRAIN, parts.batch_rows),
        use_case=parts.use_case.name,
        title=parts.use_case.title,
        rows=manifest.rows,
        batch_rows=parts.batch_rows,
        answer_rows=parts.batch_rows,
        groups=0,
        columns=list(parts.use_case.names),
        notes=list(manifest.notes),
        parts=manifest.parts,
    )


def _described(upstream: Upstream) -> Description:
    feed = upstream.feed()
    return Description(
        provenance=feed.manifest.provenance,
        origin=feed.manifest.origin,
        batches=upstream.batches,
        window_seconds=upstream.window.total_seconds(),
        use_case=upstream.use_case.name,
        title=upstream.use_case.title,
        rows=feed.manifest.rows,
        batch_rows=upstream.batch_rows(feed),
        answer_rows=upstream.answer_rows(feed),
        groups=upstream.groups,
        columns=list(upstream.use_case.names),
        notes=list(feed.manifest.notes),
    )


def _error(meaning: str, **examples: str) -> dict[str, Any]:
    shown = {name: {"value": {"detail": detail}} for name, detail in examples.items()}
    return {"description": meaning, "content": {"application/json": {"examples": shown}}}


ERRORS: dict[int | str, dict[str, Any]] = {
    400: _error("No such group, or the group has had every batch", group=INVALID_GROUP, end=END_OF_DATA),
    404: _error("No such use case", unknown="unknown use case 'wether'; known: weather"),
    503: _error("The rows are not there yet", loading="the rows of weather are still on their way: writing rows"),
}
PART_ERRORS: dict[int | str, dict[str, Any]] = {
    400: _error("No such number", negative="batch -1: batches count from 0"),
    404: _error("No such use case, part or batch", past="there is no batch 5: the train part ends with batch 4"),
    503: ERRORS[503],
}
