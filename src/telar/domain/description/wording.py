"""Lists and cells of a page in Markdown."""

from collections.abc import Sequence


def listed(words: Sequence[str], last: str = "or", code: bool = False) -> str:
    """Words with commas, and ``last`` before the last one; as code where asked."""
    told = [f"`{word}`" if code else word for word in words]
    return f" {last} ".join([", ".join(told[:-1]), told[-1]]) if len(told) > 1 else "".join(told)


def bullets(points: Sequence[str]) -> str:
    """One line for each; semicolons between, a full stop at the end."""
    return ";\n".join(f"- {point}" for point in points) + "."


def cell(text: str) -> str:
    """A text within a table: on one line, its bars escaped."""
    return " ".join(text.split()).replace("|", "\\|")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; a column that is empty in every row is left out."""
    kept = [place for place in range(len(heads)) if any(row[place] for row in rows)]
    lines = [
        [heads[place] for place in kept],
        ["---"] * len(kept),
        *([cell(row[place]) for place in kept] for row in rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
