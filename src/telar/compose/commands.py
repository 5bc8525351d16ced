"""The commands: up, down, destroy, env, preflight. An error of ours is a message and exit code 1, never a trace."""

import argparse
import sys
from pathlib import Path

from telar.compose import checks, env_checks, stopping, value_checks
from telar.compose.docker import DockerFailed
from telar.compose.install import install
from telar.compose.problems import Findings, NotReady, listed
from telar.compose.project import Project, find_project
from telar.compose.up import up
from telar.domain.errors import TelarError
from telar.progress import tell


def main() -> None:
    """Run the command of the command line."""
    asked = _parser().parse_args()
    try:
        _run(asked.command, find_project(Path.cwd()), getattr(asked, "yes", False))
    except NotReady as error:
        count = len(error.problems)
        head = "1 thing stands" if count == 1 else f"{count} things stand"
        _end(f"\nmake {asked.command}: {head} in the way; nothing was {_DONE[asked.command]}.\n{error}")
    except (TelarError, FileNotFoundError) as error:
        _end(f"\nmake {asked.command}: {error}")
    except DockerFailed as error:
        _end(f"\nmake {asked.command}: Docker said:\n{error}")
    except KeyboardInterrupt:
        _end("\ninterrupted: `docker compose ps` shows what runs, `make up` goes on, `make down` stops it", code=130)


_DONE = {"up": "started", "down": "stopped", "destroy": "deleted", "env": "started", "preflight": "started"}


def _run(command: str, project: Project, yes: bool) -> None:
    if command == "up":
        up(project)
    elif command == "down":
        stopping.down(project)
    elif command == "destroy":
        stopping.destroy(project, yes)
    elif command == "env":
        _write_env(project)
    else:
        _tell(checks.look(project).findings, "nothing stands against make up")


def _write_env(project: Project) -> None:
    done = install(project)
    tell("\n".join(done) or ".env is complete: nothing was missing")
    found = env_checks.look(project)
    found.add(value_checks.look(project.variables()))
    _tell(found, f"the secrets lie in {project.secrets_folder()}, a file each; make up (or docker compose up) starts")


def _tell(found: Findings, well: str) -> None:
    if found.warnings:
        tell(f"worth a look:\n{listed(found.warnings)}")
    if found.problems:
        raise NotReady(found.problems)
    tell(well)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="telar.compose", description="The platform on Docker Compose.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="check, build, start, wait until healthy, tell addresses and logins")
    commands.add_parser("down", help="stop; the data stay")
    destroy = commands.add_parser("destroy", help="stop and delete the data, after asking")
    destroy.add_argument("--yes", action="store_true", help="do not ask")
    commands.add_parser("env", help="write .env and the files of its secrets, start nothing")
    commands.add_parser("preflight", help="say what stands against a start")
    return parser


def _end(text: str, code: int = 1) -> None:
    sys.stderr.write(f"{text}\n")
    sys.exit(code)
