"""Where to go on in a part that is read in batches: the index against what is really stored."""

from telar.domain.base import Value
from telar.domain.decisions import Check, Decision
from telar.domain.partitions import Partition

CONTINUE, REPAIR, END = "continue", "repair", "end"


class ResumeFigures(Value):
    """``index`` is the last number as the table of indexes has it, ``stored`` the numbers of the stored batches.

    ``batches`` is how many the part has; numbers count from 1.
    """

    part: Partition
    index: int | None
    stored: tuple[int, ...]
    batches: int

    @property
    def next_number(self) -> int | None:
        """The first batch that is not stored; None where all are."""
        known = set(self.stored)
        return next((number for number in range(1, self.batches + 1) if number not in known), None)

    @property
    def last_stored(self) -> int | None:
        """What the index should say."""
        return max(self.stored, default=None)


def decide_resume(figures: ResumeFigures) -> Decision:
    """``continue`` with the next batch, ``repair`` the index or a gap first, or ``end``: what is stored is believed."""
    last, following = figures.last_stored or 0, figures.next_number
    agrees = figures.index == figures.last_stored
    right = Check(name="index", value=figures.index, threshold=figures.last_stored, holds=agrees)
    gapless = following is None or following > last
    whole = Check(name="first_missing", value=following, threshold=last + 1, holds=gapless)
    known = Check(name="last_stored", value=last, threshold=figures.batches, holds=last <= figures.batches)
    checks = (right, whole, known)
    wrong = [check for check in checks if not check.holds]
    if wrong:
        return Decision(choice=REPAIR, reason=f"the {figures.part} part: {_told(figures, wrong)}", checks=checks)
    if following is None:
        reason = f"all {figures.batches} batches of the {figures.part} part are stored"
        return Decision(choice=END, reason=reason, checks=checks)
    return Decision(choice=CONTINUE, reason=f"batch {following} of {figures.batches} is next", checks=checks)


def _told(figures: ResumeFigures, wrong: list[Check]) -> str:
    said = {
        "index": f"the index says {figures.index}, the last stored batch is {figures.last_stored}",
        "first_missing": f"batch {figures.next_number} is missing though later ones are stored; it is asked for again",
        "last_stored": f"batch {figures.last_stored} is stored, but the source has {figures.batches}",
    }
    return "; ".join(said[check.name] for check in wrong)
