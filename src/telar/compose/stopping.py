"""`make down`, which keeps the data, and `make destroy`, which asks first."""

import sys

from telar.compose import containers, docker_checks, rendered
from telar.compose.docker import Docker
from telar.compose.problems import NotReady
from telar.compose.project import Project
from telar.domain.errors import ConfigurationError
from telar.progress import Progress, tell

_STOP_SECONDS = 600.0
# Every profile: what was started with another COMPOSE_PROFILES must end too.
_DOWN = ("compose", "--profile", "*", "down", "--remove-orphans")


def down(project: Project) -> None:
    """Stop and remove every container; volumes stay.

    Raises:
        NotReady: Docker cannot be used.
        DockerFailed: Compose did not do it.
    """
    docker, name = _opened(project)
    kept = containers.volumes(docker, name)
    with Progress().step(f"stopping and removing the containers of {name}"):
        docker.run(*_DOWN, seconds=_STOP_SECONDS)
    volumes = f"the data stay in the volumes {', '.join(kept)}: make up starts again, make destroy deletes them"
    tell(volumes if kept else "there are no data: make up starts anew")


def destroy(project: Project, yes: bool) -> None:
    """Delete every container and volume, after somebody typed the project's name, or at once when ``yes``.

    Raises:
        NotReady: Docker cannot be used.
        ConfigurationError: nobody agreed; nothing was deleted.
        DockerFailed: Compose did not do it.
    """
    docker, name = _opened(project)
    found = containers.volumes(docker, name)
    sizes = containers.volume_sizes(docker) if found else {}
    tell(f"This deletes the containers of the Compose project {name} and all its data, for ever:")
    tell(
        "\n".join(f"  {volume:<32} {sizes.get(volume, '')}".rstrip() for volume in found) or "  (there are no volumes)"
    )
    if not yes:
        _ask(name)
    with Progress().step(f"deleting the containers, networks and volumes of {name}"):
        docker.run(*_DOWN, "--volumes", seconds=_STOP_SECONDS)
        if left := containers.volumes(docker, name):
            docker.run("volume", "rm", *left)
    tell(f"{project.env} and the images stay: make up starts anew with the same passwords")


def _ask(name: str) -> None:
    sys.stdout.write(f"Type {name} to delete them: ")
    sys.stdout.flush()
    typed = sys.stdin.readline().strip()
    if not typed:
        tell("")
    if typed != name:
        what = f"{typed!r} is not {name}" if typed else "nobody agreed"
        raise ConfigurationError(f"nothing was deleted: {what}. A script that means it: make destroy yes=1")


def _opened(project: Project) -> tuple[Docker, str]:
    """Docker, and the name of the Compose project."""
    docker = Docker(project)
    problems, _ = docker_checks.look(docker)
    if problems:
        raise NotReady(problems)
    return docker, rendered.render(docker).name
