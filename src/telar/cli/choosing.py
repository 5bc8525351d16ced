"""`telar promote NAME --best`: all versions side by side, and the best of them before the gate."""

from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from telar.cli.opening import context, new_run_id
from telar.domain.metrics import IN_WORDS
from telar.domain.wording import figure

if TYPE_CHECKING:
    from telar.domain.use_case import UseCase
    from telar.pipeline.best import Standing, Standings


def choose_best(name: str) -> None:
    """Scores every version, prints how they stand, and promotes the best one if the gate lets it."""
    run_id = new_run_id()
    with context(name) as opened:
        from telar.pipeline.best import promote_best, score_versions

        standings = score_versions(opened, run_id)
        Console().print(_table(opened.use_case, standings))
        decision = promote_best(opened, standings, run_id)
    if decision is None:
        typer.echo(f"version {standings.best} is the best of them and in production already: nothing changes")
        return
    typer.echo(f"version {standings.best} is the best of them; {decision.choice}: {decision.reason}")


def _table(use_case: "UseCase", standings: "Standings") -> Table:
    guards = (guard.metric for guard in use_case.gate.guards)
    metrics = list(dict.fromkeys((use_case.primary_metric, *use_case.guard_metrics, *guards)))
    heads = [IN_WORDS[metric] for metric in metrics]
    table = Table("version", *heads, "rows", "registered (UTC)", "", title=f"{use_case.title}, on the same rows")
    for each in standings.versions:
        shown = (figure(each.metrics[metric]) if metric in each.metrics else "" for metric in metrics)
        rows = "" if each.excluded else f"{standings.rows:,}"
        table.add_row(each.version, *shown, rows, f"{each.registered_at:%Y-%m-%d %H:%M}", _note(standings, each))
    return table


def _note(standings: "Standings", each: "Standing") -> str:
    if each.excluded:
        return f"left out: {each.excluded}"
    notes = ("best" * (each.version == standings.best), "in production" * (each.version == standings.production))
    return ", ".join(note for note in notes if note)
