"""The commands of the embedded platform: up, demo, stop, status, logs, doctor."""

import os
import subprocess
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from telar.domain.errors import ConfigurationError, TelarError
from telar.embedded import checks, demo, platform, readiness
from telar.embedded.layout import Layout, find_project
from telar.progress import Progress

app = typer.Typer(
    help="The platform without Docker: every service as a process on loopback.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.command()
def up() -> None:
    """Start the platform, or what of it does not run."""
    layout = _project()
    with platform.alone(layout):
        platform.up(platform.open_platform(layout), Progress())


@app.command("demo")
def run_demo(
    use_case: Annotated[str | None, typer.Argument(help="default: the use case of TELAR_DEFAULT_USE_CASE")] = None,
) -> None:
    """Start the platform, take two batches to a promoted model, and ask for a prediction."""
    layout = _project()
    with platform.alone(layout):
        here = platform.open_platform(layout, use_case)
        demo.run(here, use_case or here.options.use_case, Progress())


@app.command()
def stop() -> None:
    """Stop every process of the platform; its data stay."""
    swept = platform.stop(_project(), Progress())
    ended = f"; {swept} processes outlived the supervisor and were ended" if swept else ""
    typer.echo(f"the platform is stopped{ended}")


@app.command()
def status() -> None:
    """Show the programs, their health and their addresses; exit code 3 when the platform does not run."""
    here = platform.open_platform(_project())
    if not here.supervisor.running():
        typer.echo("the platform does not run: make demo")
        raise typer.Exit(3)
    Console().print(_table(here))


@app.command()
def logs(
    service: Annotated[str | None, typer.Argument(help="a program's name; default: all")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="go on until Ctrl-C")] = False,
    lines: Annotated[int, typer.Option(help="how many of the last lines of each")] = 40,
) -> None:
    """Show the last lines of the logs."""
    layout = _project()
    known = sorted(log.stem for log in layout.logs.glob("*.log"))
    if service is not None and service not in known:
        raise ConfigurationError(f"there is no log of {service}; there are: {', '.join(known) or 'none yet'}")
    files = [str(layout.log(name)) for name in ([service] if service else known)]
    if files:
        words = ["tail", "-n", str(lines), *(["-F"] if follow else []), *files]
        raise typer.Exit(subprocess.run(words, check=False).returncode)
    typer.echo("nothing has run here yet: make demo")


@app.command()
def doctor() -> None:
    """Say what stands against running Telar here, and the fix."""
    found = checks.run(_project())
    for check in found:
        typer.echo(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.told}")
    raise typer.Exit(0 if all(check.ok for check in found) else 1)


def main() -> None:
    """Run a command; an error of ours is one message, not a trace."""
    try:
        app(prog_name="telar embedded")
    except (TelarError, FileNotFoundError) as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("\ninterrupted; what was started goes on: `make status` shows it, `make stop` ends it", err=True)
        sys.exit(130)


def _project() -> Layout:
    """The project around us; the supervisor's paths are relative to it."""
    layout = find_project()
    os.chdir(layout.project)
    return layout


def _table(here: platform.Platform) -> Table:
    table = Table("program", "state", "since", "health", Column("address", overflow="fold"), box=None)
    health = readiness.probes(here.layout, here.options)
    for process in here.supervisor.processes():
        name, state = str(process["name"]), str(process["statename"])
        minutes = (int(process["now"]) - int(process["start"])) // 60 if state == "RUNNING" else None
        ready = "ready" if state == "RUNNING" and health[name]() else "not ready"
        table.add_row(name, state, "" if minutes is None else f"{minutes} min", ready, here.urls.get(name, ""))
    return table
