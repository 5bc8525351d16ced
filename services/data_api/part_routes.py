"""The routes of a split use case: the sizes of its parts, the number of their batches, one batch."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response

from services.data_api.finding import parts_of
from services.data_api.parts import NoSuchBatch, Parts
from services.data_api.schemas import PART_ERRORS, DatasetInfo, PartBatch, PartBatches
from telar.domain.partitions import PARTITIONS, TEST, TRAIN, VALIDATION, Partition

part_routes = APIRouter(responses=PART_ERRORS)
Split = Annotated[Parts, Depends(parts_of)]
Part = Annotated[str, Path(description="train, validation or test", examples=["train"])]
Limit = Annotated[int | None, Query(description="Rows of one batch; by default those of the use case.")]


@part_routes.get("/dataset-info")
def dataset_info(split: Split) -> DatasetInfo:
    """How many rows each part has, how many make a batch, and where they come from."""
    manifest = split.feed().manifest
    return DatasetInfo(
        train_size=manifest.parts[TRAIN],
        validation_size=manifest.parts[VALIDATION],
        test_size=manifest.parts[TEST],
        batch_size=split.batch_rows,
        provenance=manifest.provenance,
        origin=manifest.origin,
    )


@part_routes.get("/{part}/batches")
def batches(part: Part, split: Split, limit: Limit = None) -> PartBatches:
    """The number of batches of one part."""
    known, size = _known(part), _size(split, limit)
    return PartBatches(
        partition=known, total_batches=split.batches(known, size), batch_size=size, total_rows=split.rows(known)
    )


@part_routes.get("/{part}/batches/{number}", response_model=PartBatch)
def batch(part: Part, number: int, split: Split, limit: Limit = None) -> Response:
    """One batch by its number, which counts from 0; the same rows whenever it is asked for."""
    known, size = _known(part), _size(split, limit)
    if number < 0:
        raise HTTPException(400, f"batch {number}: batches count from 0")
    try:
        return Response(split.answer(known, number, size), media_type="application/json")
    except NoSuchBatch as error:
        raise HTTPException(404, f"there is no batch {number}: {error}") from error


def _known(part: str) -> Partition:
    if part not in PARTITIONS:
        raise HTTPException(404, f"there is no part {part!r}; there are {', '.join(PARTITIONS)}")
    return part


def _size(split: Parts, limit: int | None) -> int:
    if limit is not None and limit < 1:
        raise HTTPException(400, f"limit {limit}: a batch has at least one row")
    return limit or split.batch_rows
