"""`telar run` and each step of it, as Airflow's tasks make them."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from telar.cli.choosing import choose_best
from telar.cli.opening import context, new_run_id

PANEL = "Pipeline"
Name = Annotated[str, typer.Argument(metavar="USE_CASE", help="The use case; `telar use-cases` lists them.")]
Batch = Annotated[int, typer.Argument(metavar="BATCH_ID", help="The batch's id in ops.batches, as `telar fetch` says.")]
Version = Annotated[str, typer.Argument(help="The model's version, as `telar train` says.")]
RunId = Annotated[str | None, typer.Option("--run-id", help="The run that this step belongs to; default: a new one.")]
Run = Annotated[str, typer.Option("--run-id", help="The run that this step belongs to, as `telar fetch` says.")]
Force = Annotated[bool, typer.Option("--force", help="Train whatever the rules on the data say.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    commands: tuple[Callable[..., Any], ...] = (run, fetch, prepare, decide, train, gate, promote, record)
    for command in commands:
        app.command(rich_help_panel=PANEL)(command)


def run(name: Name, force: Force = False, run_id: RunId = None) -> None:
    """Take one batch from the source as far as the decisions let it; waits for the source's window."""
    with context(name) as opened:
        from telar.pipeline.run import run_batch

        outcome = run_batch(opened, run_id or new_run_id(), force, tell=typer.echo)
    typer.echo(f"outcome: {outcome}")


def fetch(name: Name, run_id: RunId = None) -> None:
    """Ask the source for one batch and store it as received."""
    run_id = run_id or new_run_id()
    with context(name) as opened:
        from telar.pipeline.fetch import Ended, Wait, fetch

        fetched = fetch(opened, run_id)
    if isinstance(fetched, Wait):
        typer.echo(f"the window is not over: ask again after {fetched.until:%Y-%m-%d %H:%M:%S} UTC, --run-id {run_id}")
        raise typer.Exit(2)
    if isinstance(fetched, Ended):
        typer.echo(f"{fetched.outcome}: {fetched.reason}")
        return
    typer.echo(f"batch {fetched.batch_id} is stored; next: telar prepare {name} {fetched.batch_id} (run {run_id})")


def prepare(name: Name, batch_id: Batch) -> None:
    """Check a stored batch, clean its rows and compare it with the batch before and with production's rows."""
    with context(name) as opened:
        from telar.pipeline.prepare import prepare

        typer.echo(prepare(opened, batch_id).model_dump_json(indent=2))


def decide(name: Name, batch_id: Batch, run_id: Run, force: Force = False) -> None:
    """Say whether to train, and why."""
    with context(name) as opened:
        from telar.pipeline.decide import decide

        decision = decide(opened, batch_id, run_id, force)
    typer.echo(f"{decision.choice}: {decision.reason}")


def train(name: Name, batch_id: Batch, run_id: Run) -> None:
    """Train a challenger on all clean rows up to a batch, compile it to ONNX and register it."""
    with context(name) as opened:
        from telar.pipeline.train import train

        trained = train(opened, batch_id, run_id)
    typer.echo(f"version {trained.version} is registered (MLflow run {trained.mlflow_run_id})")


def gate(name: Name, batch_id: Batch, version: Version, run_id: Run) -> None:
    """Compare a version with the one in production on the same held-out rows."""
    with context(name) as opened:
        from telar.pipeline.gate import gate

        decision = gate(opened, batch_id, version, run_id)
    typer.echo(f"{decision.choice}: {decision.reason}")


def promote(
    name: Name,
    batch_id: Annotated[int | None, typer.Argument(help="The batch's id, as `telar fetch` says.")] = None,
    version: Annotated[str | None, typer.Argument(help="The version to promote, as `telar train` says.")] = None,
    run_id: Annotated[str | None, typer.Option("--run-id", help="The version's run, as `telar fetch` says.")] = None,
    best: Annotated[bool, typer.Option("--best", help="Compare all versions, and promote the best of them.")] = False,
) -> None:
    """Put a version that passes the gate into production: the one named, or the best of all that are registered."""
    named = [each is not None for each in (batch_id, version, run_id)]
    if any(named) if best else not all(named):
        raise typer.BadParameter("give BATCH_ID, VERSION and --run-id, or --best alone")
    if batch_id is None or version is None or run_id is None:
        choose_best(name)
        return
    with context(name) as opened:
        from telar.pipeline.promote import promote

        decision = promote(opened, batch_id, version, run_id)
    typer.echo(f"{decision.choice}: {decision.reason}")


def record(
    name: Name,
    run_id: Annotated[str, typer.Argument(help="The run's id.")],
    batch_id: Annotated[int | None, typer.Option("--batch", help="Its batch, where it has one.")] = None,
) -> None:
    """Write down how a run ended, from its stored decisions."""
    with context(name) as opened:
        from telar.pipeline.record import record

        typer.echo(f"outcome: {record(opened, run_id, batch_id)}")
