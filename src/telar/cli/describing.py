"""`telar describe NAME`: the page of a use case, made from its definition."""

from typing import Annotated

import typer

from telar.cli.opening import registry
from telar.domain.description import describe as page

PANEL = "Looking"


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command(rich_help_panel=PANEL)(describe)


def describe(
    name: Annotated[str, typer.Argument(metavar="USE_CASE", help="The use case; `telar use-cases` lists them.")],
) -> None:
    """Print the page of a use case in Markdown: rows, columns, features, candidates, rules, benchmark."""
    typer.echo(page(registry().get(name)), nl=False)
