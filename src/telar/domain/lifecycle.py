"""The states that a request, a batch and a promotion can be in, as the `ops` tables spell them."""

from enum import StrEnum


class RequestOutcome(StrEnum):
    """How a request to the upstream ended; a request without one was sent and never heard of again."""

    STORED = "stored"
    ALREADY_STORED = "already_stored"
    END_OF_DATA = "end_of_data"
    FAILED = "failed"
    LOST = "lost"


class BatchStatus(StrEnum):
    """How far a batch's rows have come; ``cleared`` are those of a former cycle, whose clean rows are gone."""

    STORED = "stored"
    PREPARED = "prepared"
    REFUSED = "refused"
    LOST_UPSTREAM = "lost_upstream"
    CLEARED = "cleared"


class Outcome(StrEnum):
    """How a run ended."""

    PROMOTED = "promoted"
    REJECTED = "rejected"
    NOT_TRAINED = "not_trained"
    END_OF_DATA = "end_of_data"
    MISSED = "missed"
    FAILED = "failed"


class PromotionState(StrEnum):
    """A line of the promotions ledger: what was about to happen, what happened, what somebody else did."""

    INTENDED = "intended"
    DONE = "done"
    ABANDONED = "abandoned"
    EXTERNAL = "external"
    REFUSED = "refused"


class Provenance(StrEnum):
    """Where the upstream's rows come from; nobody may take generated rows for real ones."""

    FILE = "file"
    DOWNLOAD = "download"
    SAMPLE = "sample"
    UPSTREAM = "upstream"
