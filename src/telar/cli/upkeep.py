"""What keeps an installation in order: tables, ledger, source, rollback."""

from typing import Annotated

import typer

from telar.cli.opening import context, new_run_id, registry
from telar.cli.steps import Name

PANEL = "Upkeep"


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (migrate, reconcile, restart_source, rollback):
        app.command(rich_help_panel=PANEL)(command)


def migrate() -> None:
    """Bring the warehouse to this version's tables, views and rights; safe to run again."""
    found = registry()
    from telar.adapters.warehouse.migrate import migrate
    from telar.pipeline.cleaning import clean_rows
    from telar.settings import WarehouseOwnerSettings, read

    migrate(read(WarehouseOwnerSettings).url, found.use_cases.values(), clean_rows)
    typer.echo(f"the warehouse is up to date, with the tables of {', '.join(sorted(found.use_cases)) or 'no use case'}")


def reconcile(name: Name) -> None:
    """Make the promotions ledger agree with the alias in MLflow, whoever moved it."""
    with context(name) as opened:
        from telar.pipeline.reconcile import reconcile

        holder = reconcile(opened)
    typer.echo(f"version {holder.version} is in production" if holder else "nothing is in production")


def restart_source(name: Name) -> None:
    """Ask the source to begin again with its first batch, in a new cycle.

    Nothing stored is deleted, unless the use case says that its tables begin empty when its source begins again.
    """
    with context(name) as opened:
        from telar.pipeline.restart import restart_source

        typer.echo(f"the source begins again: cycle {restart_source(opened)}")


def rollback(
    name: Name,
    reason: Annotated[str, typer.Option(help="Why; it stands in the ledger.")] = "rolled back by hand",
) -> None:
    """Put the version that was in production before back there, as one more entry of the ledger."""
    with context(name) as opened:
        from telar.pipeline.rollback import rollback

        before, now = rollback(opened, new_run_id(), reason)
    typer.echo(f"version {now} is in production again instead of {before}")
