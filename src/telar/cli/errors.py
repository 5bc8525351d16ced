"""What a person sees of an error: one message that names the value, the rule and the fix."""

import typer
from typer.core import TyperGroup

from telar.domain.errors import TelarError


class TellsErrors(TyperGroup):
    """A group of commands whose errors are one message and exit code 1; with ``--debug`` the whole trace."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # typer keeps its base private
        """Run the command."""
        try:
            return super().invoke(ctx)
        except TelarError as error:
            if ctx.params.get("debug"):
                raise
            typer.secho(f"error: {error}", err=True, fg=typer.colors.RED)
            raise typer.Exit(1) from error
