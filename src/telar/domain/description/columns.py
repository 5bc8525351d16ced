"""The columns of a use case as a table, and its target."""

from telar.domain.columns import Category, Column
from telar.domain.description.wording import listed, table
from telar.domain.use_case import UseCase
from telar.domain.wording import figure

FEW_WORDS = 8


def columns_table(use_case: UseCase) -> str:
    """One row for each input, in the source's order."""
    heads = ("Column", "Kind", "Allowed", "May be missing", "Label", "What it is")
    return table(heads, [_row(column) for column in use_case.columns])


def _allowed(column: Column) -> str:
    """The limits of a number with its unit, or the words of a category: "0 to 360 degrees", "4 words", "any"."""
    if column.categories:
        return f"{len(column.categories)} words"
    low, high = (None if limit is None else figure(limit) for limit in (column.minimum, column.maximum))
    limits = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}" if high else "any"
    return f"{limits} {column.unit}".strip()


def target_text(use_case: UseCase) -> str:
    """The target, with the words of its classes or its unit and scale."""
    target = use_case.target
    if target.classes:
        rows = [(f"`{each.value}`", each.label, listed(each.words, code=True)) for each in target.classes]
        return f"**{target.label}** (`{target.name}`):\n\n" + table(("Class", "In words", "The source writes"), rows)
    unit = f", in {target.unit}" if target.unit else ""
    scale = "\n\nThe models learn its logarithm; answers and metrics are in its own unit."
    return f"**{target.label}** (`{target.name}`){unit}.{scale if use_case.target_scale == 'log' else ''}"


def _row(column: Column) -> tuple[str, ...]:
    notes = [column.help, _words(column.categories), "An identifier: left out of comparisons." * column.identifier]
    return (
        column.name,
        column.kind,
        _allowed(column),
        "yes" if column.nullable else "",
        column.label,
        " ".join(note for note in notes if note),
    )


def _words(categories: tuple[Category, ...]) -> str:
    if not categories:
        return ""
    shown = ", ".join(_word(each) for each in categories[:FEW_WORDS])
    more = len(categories) - FEW_WORDS
    return f"{shown}, and {more} more." if more > 0 else f"{shown}."


def _word(category: Category) -> str:
    return (
        category.value
        if category.value.casefold() == category.label.casefold()
        else f"{category.value} ({category.label})"
    )
