"""The commands put together, and what they share: errors told as one message."""

from importlib.util import find_spec
from typing import Annotated

import typer

from telar.cli import describing, looking, steps, upkeep
from telar.cli.errors import TellsErrors

app = typer.Typer(
    cls=TellsErrors,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole trace of an error.")] = False,
) -> None:
    """Telar: a data set's way from its source to a prediction, step by step.

    Commands read the variables of .env.example from the environment; where it names no warehouse, those that are not
    set come from the embedded platform of this folder.
    """
    _ = debug  # read by TellsErrors


for _module in (looking, describing, steps, upkeep):
    _module.add_to(app)
if find_spec("supervisor"):  # an image carries what its service needs, not the platform without Docker
    from telar.embedded.commands import app as embedded

    app.add_typer(embedded, name="embedded", rich_help_panel="Embedded platform")
