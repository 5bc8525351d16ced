"""Containers that Compose would leave as they are and should not: out of what is asked for, or with an old secret."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from telar.compose import containers
from telar.compose.containers import Container
from telar.compose.docker import Docker
from telar.compose.rendered import Rendered
from telar.progress import Progress

_SECONDS = 300.0


def remove(docker: Docker, wanted: Rendered, progress: Progress) -> None:
    """Stop and remove them; those that are wanted are made anew by the start that follows.

    Raises:
        DockerFailed: Docker did not do it.
    """
    there = containers.of_project(docker, wanted.name)
    strange = [each for each in there if each.service not in wanted.services]
    _remove(docker, strange, "what is no longer asked for", progress)
    running = [each for each in there if each.running and each not in strange]
    _remove(docker, _with_old_secrets(docker, running, wanted), "what still has an old secret", progress)


def _with_old_secrets(docker: Docker, running: Sequence[Container], wanted: Rendered) -> list[Container]:
    """A secret's file was written after the container was made, which goes on with what it had then."""
    if not running:
        return []
    made = docker.run("inspect", "--format", "{{.Created}}", *(each.name for each in running)).split()
    pairs = zip(running, made, strict=True)
    return [each for each, when in pairs if _newest(wanted.secrets(each.service)) > _seconds(when)]


def _newest(files: Sequence[Path]) -> float:
    return max((file.stat().st_mtime for file in files if file.exists()), default=0.0)


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def _remove(docker: Docker, those: Sequence[Container], why: str, progress: Progress) -> None:
    names = [each.name for each in those]
    if names:
        with progress.step(f"removing {why}: {', '.join(names)}"):
            docker.run("stop", *names, seconds=_SECONDS)
            docker.run("rm", "--force", *names)
