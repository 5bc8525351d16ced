"""What only looks: which use cases there are, how one stands, and whether everything is in order."""

import typer
from rich.console import Console
from rich.table import Table

from telar.cli.checks import checks
from telar.cli.opening import context, registry
from telar.cli.steps import Name
from telar.domain.errors import TelarError

PANEL = "Looking"
LAST = 12


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (use_cases, status, doctor):
        app.command(rich_help_panel=PANEL)(command)


def use_cases() -> None:
    """List the use cases, and what is wrong with each file that cannot be loaded."""
    found = registry()
    table = Table("use case", "title", "task", "columns", "schedule")
    for each in found.use_cases.values():
        table.add_row(each.name, each.title, each.task, str(len(each.columns)), each.schedule)
    Console().print(table)
    for stem, error in found.broken.items():
        typer.echo(f"broken: {stem}: {error}")


def status(name: Name) -> None:
    """Show the version in production and the last batches of a use case."""
    with context(name) as opened:
        from telar.adapters.warehouse import history

        holder = opened.registry.production(name)
        batches = history.batches(opened.warehouse, name, LAST)
    typer.echo(f"in production: version {holder.version}" if holder else "in production: nothing yet")
    table = Table("cycle", "part", "batch", "rows", "status", "decision", "outcome", "reason")
    for batch in batches:
        shown = (batch.cycle, batch.part, batch.batch_number, batch.total_records, batch.status, batch.decision)
        told = (batch.outcome, batch.error or batch.reason)
        table.add_row(*("" if value is None else str(value) for value in (*shown, *told)))
    Console().print(table)


def doctor() -> None:
    """Say what stands against running the pipelines here, and the fix; exit code 1 where anything does."""
    failed = 0
    for name, check in checks():
        try:
            typer.echo(f"ok    {name}: {check()}")
        except TelarError as error:
            failed += 1
            typer.echo(f"FAIL  {name}: {error}")
    if failed:
        raise typer.Exit(1)
