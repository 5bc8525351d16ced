"""The lines of the history as the portal shows them: frozen values, one for each table row."""

from dataclasses import dataclass
from datetime import datetime

from telar.domain.decisions import Check
from telar.domain.lifecycle import Provenance
from telar.domain.partitions import Partition, partition_of


@dataclass(frozen=True)
class StoredOrigin:
    """The stored batches of one use case that came from one place; ``rows`` are those received."""

    use_case: str
    provenance: Provenance
    origin: str
    batches: int
    rows: int
    last_received_at: datetime | None


@dataclass(frozen=True)
class BatchLine:
    """One batch: what came, how far it got, what was decided and what became of it; a lost one came from nowhere."""

    use_case: str
    source: str
    cycle: int
    batch_number: int
    provenance: Provenance | None
    origin: str | None
    status: str
    received_at: datetime | None
    total_records: int | None
    clean_rows: int | None
    decision: str | None
    outcome: str | None
    reason: str | None
    error: str | None
    model_version: str | None
    mlflow_run_id: str | None

    @property
    def part(self) -> Partition | None:
        """The part of a source that was split, which all of its rows belong to; None where each row has its own."""
        return partition_of(self.source)


@dataclass(frozen=True)
class CycleLine:
    """How far one source, or one part of it, was read in one cycle.

    ``batches`` and ``rows`` are those stored, ``largest`` the rows of the greatest batch, ``lost`` the batches that
    never arrived; ``part_rows`` is how many rows a table that was split has for this part, where the split is stored.
    ``present`` is the cycle that the next batch belongs to; ``cleared`` says that its clean rows are gone.
    """

    use_case: str
    source: str
    cycle: int
    began_at: datetime | None
    batches: int
    rows: int
    clean_rows: int
    largest: int
    lost: int
    part_rows: int | None
    present: bool
    cleared: bool

    @property
    def part(self) -> Partition | None:
        """As of a batch's line."""
        return partition_of(self.source)


@dataclass(frozen=True)
class DecisionLine:
    """One decision to train or to promote, with every check."""

    id: int
    use_case: str
    cycle: int | None
    batch_number: int | None
    kind: str
    choice: str
    reason: str
    checks: tuple[Check, ...]
    created_at: datetime


@dataclass(frozen=True)
class PromotionLine:
    """One line of the promotions ledger; ``state`` as in `PromotionState`."""

    use_case: str
    version: str
    previous_version: str | None
    state: str
    actor: str
    reason: str
    created_at: datetime


@dataclass(frozen=True)
class RunLine:
    """One run of a pipeline; no ``outcome`` while it is under way."""

    use_case: str
    run_id: str
    kind: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    reason: str | None
    error: str | None
    batch_number: int | None
