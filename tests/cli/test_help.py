"""The help reads well: every command and every argument says in a sentence what it is."""

from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from telar.cli import app

EXPECTED = {
    *("run", "fetch", "prepare", "decide", "train", "gate", "promote", "record"),
    *("migrate", "reconcile", "restart-source", "rollback", "status", "use-cases", "describe", "doctor", "embedded"),
}
COMMANDS = get_command(app)


def test_every_step_of_the_pipeline_can_be_made_without_airflow() -> None:
    assert isinstance(COMMANDS, TyperGroup)
    assert set(COMMANDS.commands) >= EXPECTED


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_command_says_in_a_sentence_what_it_does(name: str) -> None:
    assert isinstance(COMMANDS, TyperGroup)
    told = COMMANDS.commands[name].help or ""
    assert told.strip().endswith(".")
    assert len(told.split()) >= 5


@pytest.mark.parametrize("name", sorted(EXPECTED - {"embedded"}))
def test_each_argument_and_option_is_explained(name: str) -> None:
    assert isinstance(COMMANDS, TyperGroup)
    silent = [each.name for each in COMMANDS.commands[name].params if not getattr(each, "help", None)]
    assert silent == []


def test_help_is_printed_for_every_command() -> None:
    for words in command_lines():
        printed = CliRunner().invoke(app, [*words, "--help"])
        assert printed.exit_code == 0
        assert "Usage:" in printed.output


def command_lines() -> Iterator[list[str]]:
    assert isinstance(COMMANDS, TyperGroup)
    for name, command in COMMANDS.commands.items():
        yield [name]
        if isinstance(command, TyperGroup):
            yield from ([name, each] for each in command.commands)


def test_the_command_line_is_a_typer_application() -> None:
    assert isinstance(app, typer.Typer)
