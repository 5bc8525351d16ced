"""Everything that is asked before a start: `.env`, Docker, the machine, its ports. Nothing is started or written."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from telar.compose import (
    containers,
    docker_checks,
    env_checks,
    machine_checks,
    mount_checks,
    port_checks,
    rendered,
    value_checks,
)
from telar.compose.docker import Docker, DockerFailed
from telar.compose.docker_checks import Engine
from telar.compose.problems import Findings, Problem
from telar.compose.project import Project
from telar.compose.rendered import Rendered


@dataclass(frozen=True)
class Looked:
    """What was found, and what is to be started where Compose could tell."""

    findings: Findings
    rendered: Rendered | None = None


def look(project: Project) -> Looked:
    """Ask everything, so that all problems are told at once.

    Raises:
        NotReady: `.env` cannot be read.
    """
    variables, docker, found = project.variables(), Docker(project), env_checks.look(project)
    found.add(value_checks.look(variables))
    problems, engine = docker_checks.look(docker)
    found.problems += problems
    if engine is None or _is_here(engine):
        found.problems += port_checks.bind(variables.get("TELAR_BIND", value_checks.LOOPBACK))
    if engine is None or problems:
        return Looked(found)
    try:
        wanted = rendered.render(docker)
    except DockerFailed as error:
        if not found.problems:  # else it is one of those, in Compose's words
            told = f"Compose cannot read docker-compose.yaml and its override files: {error}"
            found.problems.append(Problem(told, "correct what it names (COMPOSE_FILE in .env names the files)"))
        return Looked(found)
    found.add(_on_this_engine(docker, engine, wanted, variables))
    return Looked(found, wanted)


def earlier_volumes(docker: Docker) -> list[Problem]:
    """There is no `.env`, but there are data that only the passwords of another one open."""
    volumes = containers.volumes(docker, rendered.render(docker).name)
    if not volumes:
        return []
    data = ", ".join(volumes)
    told = f"there is no .env, but data of an earlier installation, which new passwords would not open: {data}"
    return [Problem(told, "put the .env of that installation back; or `make destroy` deletes its data, after asking")]


def _on_this_engine(docker: Docker, engine: Engine, wanted: Rendered, variables: Mapping[str, str]) -> Findings:
    own = containers.of_project(docker, wanted.name)
    found = Findings(_elsewhere(own, wanted.name, docker.project.folder), _unknown_profiles(docker, variables))
    found.problems += machine_checks.cpus(engine, variables)
    here = _is_here(engine)
    if not any(container.running for container in own):
        found.problems += machine_checks.memory(engine, here, variables)
    names = _port_names(docker.project.folder, variables)
    found.problems += port_checks.twice(wanted.ports(), names)
    if not here:
        told = f"Docker runs on another machine ({engine.name}): its disk, ports and folders are not checked"
        found.warnings.append(Problem(told, "run `make up` on that machine to have them checked"))
        return found
    found.problems += machine_checks.disk(engine, _images_are_there(docker, wanted), variables)
    held = frozenset(port for container in own if container.running for port in container.ports)
    found.problems += port_checks.taken(wanted.ports(), held, names, lambda port: containers.publishing(docker, port))
    found.add(mount_checks.look(wanted.mounted(), docker.project.folder, variables))
    return found


def _is_here(engine: Engine) -> bool:
    return engine.name == platform.node()


def _elsewhere(own: list[containers.Container], name: str, folder: Path) -> list[Problem]:
    """Two folders with one project name would take each other's containers and data."""
    running = {each.folder for each in own if each.running and each.folder}
    others = sorted(each for each in running if os.path.realpath(each) != os.path.realpath(folder))
    fix = "stop it there (make down); or give this one, in .env, ports of its own and COMPOSE_PROJECT_NAME=telar2"
    return [Problem(f"the Compose project {name} already runs, started from {other}", fix) for other in others]


def _unknown_profiles(docker: Docker, variables: Mapping[str, str]) -> list[Problem]:
    """Compose passes over a misspelt one in silence."""
    known = docker.run("compose", "config", "--profiles").split()
    strange = [name for name in value_checks.profiles(variables) if name not in (*known, "*")]
    there = f"there are: {', '.join(known)}"
    return [Problem(f"COMPOSE_PROFILES names {name}, which no service has", there) for name in strange]


def _images_are_there(docker: Docker, wanted: Rendered) -> bool:
    try:
        docker.run("image", "inspect", "--format", "{{.Id}}", *sorted(wanted.images))
    except DockerFailed:
        return False
    return True


def _port_names(folder: Path, variables: Mapping[str, str]) -> dict[int, list[str]]:
    """For each port the variables that stand for it now."""
    names: dict[int, list[str]] = {}
    for name, usual in rendered.port_variables(folder, variables).items():
        value = variables.get(name, str(usual))
        names.setdefault(int(value) if value.isdecimal() else usual, []).append(name)
    return names
