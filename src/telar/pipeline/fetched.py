"""What becomes of a run that asks its source: a batch, a wait, or an end that is no fault."""

from dataclasses import dataclass
from datetime import datetime

from telar.domain.lifecycle import Outcome


@dataclass(frozen=True)
class Fetched:
    """The batch is stored."""

    batch_id: int


@dataclass(frozen=True)
class Wait:
    """The upstream may not be asked before ``until`` (UTC); the same run tries again then."""

    until: datetime


@dataclass(frozen=True)
class Ended:
    """There is no batch for this run, and that is no fault."""

    outcome: Outcome
    reason: str
