"""Whether a batch may be used: what was found in it, against the use case's quality rules."""

from collections.abc import Iterator

from pydantic import Field

from telar.domain.base import Value
from telar.domain.decisions import Check
from telar.domain.rules import QualityRules

Words = dict[str, dict[str, int]]


class ColumnQuality(Value):
    """One column of a batch, in rows: ``unreadable`` values are present but not of the column's kind.

    ``optional`` columns are those that the definition calls nullable: their nulls count against nothing.
    """

    nulls: int = 0
    unreadable: int = 0
    out_of_range: int = 0
    optional: bool = False


class QualityReport(Value):
    """What was found in a batch.

    ``columns`` are the definition's, the target among them; ``retyped_columns`` says for each what it looks like now.
    ``new_categories`` counts the words that neither the definition's vocabulary nor production's rows know.
    ``previous_rows`` is the volume of the batch before.
    """

    rows: int
    previous_rows: int | None = None
    missing_columns: tuple[str, ...] = ()
    new_columns: tuple[str, ...] = ()
    retyped_columns: dict[str, str] = Field(default_factory=dict)
    duplicates: int = 0
    columns: dict[str, ColumnQuality] = Field(default_factory=dict)
    new_categories: Words = Field(default_factory=dict)


def check_quality(report: QualityReport, rules: QualityRules) -> tuple[Check, ...]:
    """Every quality rule with its value; shares are of the batch's rows."""
    rows = max(report.rows, 1)
    return (
        Check(name="rows", value=report.rows, threshold=rules.min_rows, holds=report.rows >= rules.min_rows),
        Check(
            name="missing columns",
            value=", ".join(report.missing_columns) or None,
            threshold=None,
            holds=not report.missing_columns,
        ),
        Check(
            name="retyped columns",
            value=", ".join(f"{name} is now {kind}" for name, kind in report.retyped_columns.items()) or None,
            threshold=None,
            holds=not report.retyped_columns,
        ),
        *(check for name, found in report.columns.items() for check in _column_checks(name, found, rows, rules)),
        _share("duplicate rows", report.duplicates / rows, rules.max_duplicate_share),
    )


def refusal(checks: tuple[Check, ...]) -> str | None:
    """Why a batch with these checks is refused; None where every rule holds."""
    broken = next((check for check in checks if not check.holds), None)
    if broken is None:
        return None
    limit = "" if broken.threshold is None else f", limit {broken.threshold:g}"
    value = f"{broken.value:.4g}" if isinstance(broken.value, float) else str(broken.value)
    return f"{broken.name}: {value}{limit}"


def _column_checks(name: str, found: ColumnQuality, rows: int, rules: QualityRules) -> Iterator[Check]:
    if not found.optional:
        yield _share(f"{name}, share of nulls", found.nulls / rows, rules.max_null_share)
    yield _share(f"{name}, share of unreadable values", found.unreadable / rows, rules.max_unreadable_share)
    yield _share(f"{name}, share of values out of range", found.out_of_range / rows, rules.max_out_of_range_share)


def _share(name: str, value: float, limit: float) -> Check:
    return Check(name=name, value=value, threshold=limit, holds=value <= limit)
