"""The three parts of a data set, and what a feed of each is called in `ops`."""

from typing import Literal

Partition = Literal["train", "validation", "test"]
TRAIN: Partition = "train"
VALIDATION: Partition = "validation"
TEST: Partition = "test"
PARTITIONS: tuple[Partition, ...] = (TRAIN, VALIDATION, TEST)
HELD_OUT: tuple[Partition, ...] = (VALIDATION, TEST)
SPLIT_AT_SOURCE = ("published", "partitions")


def feed_of(kind: str, partition: Partition) -> str:
    """How `ops` calls the batches of one part: the training part like the source, the others with their name."""
    return kind if partition == TRAIN else f"{kind}/{partition}"


def partition_of(feed: str) -> Partition | None:
    """The part that all rows of a feed belong to; None where each row has its own."""
    kind, _, part = feed.partition("/")
    if kind not in SPLIT_AT_SOURCE:
        return None
    return next((each for each in HELD_OUT if each == part), TRAIN)
