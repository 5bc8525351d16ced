"""How far each source was read: the batches and rows of each cycle and part, how many are left, what is over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.feeds import Feed
from services.portal.listings import utc
from services.portal.words import PART, counted
from telar.adapters.warehouse.history_lines import CycleLine
from telar.domain.partitions import HELD_OUT

Row = dict[str, Any]


@dataclass(frozen=True)
class Extent:
    """How much there is in all, as far as anybody tells: batches, and rows of a table that was split."""

    batches: int | None = None
    rows: int | None = None


def extent(line: CycleLine, feed: Feed | None) -> Extent:
    """A split table is known by its stored split or by the data API; any other source by what the data API tells."""
    if line.part is None:
        return Extent(batches=feed.batches if feed and not feed.parts else None)
    rows = line.part_rows or (feed.parts.get(line.part) if feed else None)
    size = (feed.batch_rows if feed and feed.parts else None) or line.largest
    return Extent(batches=-(-rows // size) if rows and size else None, rows=rows)


def reading_rows(lines: Sequence[CycleLine], feeds: Iterable[Feed]) -> list[Row]:
    """One row for each cycle of a source, and for each part of one that was split."""
    by_name = {feed.use_case: feed for feed in feeds}
    return [_row(line, extent(line, by_name.get(line.use_case))) for line in lines]


def reading_text(lines: Iterable[CycleLine], feed: Feed | None) -> str:
    """One sentence on the present cycle: what was read, what is left, and what is kept apart."""
    present = [line for line in lines if line.present and (line.batches or line.part not in HELD_OUT)]
    train = [line for line in present if line.part not in HELD_OUT]
    if not train:
        return ""
    line = train[0]
    whole = extent(line, feed)
    told = f"cycle {line.cycle}, {_of(line.batches, whole.batches)} {'batch' if whole.batches == 1 else 'batches'}"
    told += f" with {_of(line.rows, whole.rows)} rows{_left_text(line, whole)}"
    apart = [f"{each.rows:,} {PART[each.part]}" for each in present if each.part in HELD_OUT and each.part]
    return told + (f"; held out: {' and '.join(apart)} rows" if apart else "")


def _left_text(line: CycleLine, whole: Extent) -> str:
    left = _left(line, whole)
    return f", {left} left" if left and left != "–" else ", read to the end" if whole.batches == line.batches else ""


def _row(line: CycleLine, whole: Extent) -> Row:
    return {
        "Use case": line.use_case,
        "Part": PART[line.part] if line.part else None,
        "Cycle": line.cycle,
        "Began (UTC)": utc(line.began_at),
        "Batches": _of(line.batches, whole.batches),
        "Rows read": _of(line.rows, whole.rows),
        "Left": _left(line, whole),
        "State": _state(line, whole),
        "Clean rows": line.clean_rows,
        "Lost batches": line.lost,
    }


def _of(count: int, whole: int | None) -> str:
    return f"{count:,} of {whole:,}" if whole else f"{count:,}"


def _left(line: CycleLine, whole: Extent) -> str | None:
    """What is still to come in the present cycle; nothing where nobody knows how much there is."""
    if whole.batches is None or not line.present:
        return None
    batches = max(whole.batches - line.batches - line.lost, 0)
    if not batches:
        return "–"
    rows = f", {whole.rows - line.rows:,} rows" if whole.rows else ""
    return f"{counted(batches, 'batch', 'batches')}{rows}"


def _state(line: CycleLine, whole: Extent) -> str:
    if not line.present:
        return "over, its clean rows cleared" if line.cleared else "over"
    if not line.batches:
        return "begun, nothing read yet"
    if whole.batches is not None and line.batches + line.lost >= whole.batches:
        return "read to the end"
    return "being read"
