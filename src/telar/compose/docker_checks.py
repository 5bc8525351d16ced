"""Whether Docker, its Compose and its builder are there, answer, and are new enough."""

import json
import re
import shutil
from dataclasses import dataclass
from typing import Any

from telar.compose.docker import Docker, DockerFailed
from telar.compose.problems import Problem

# Engine 25 and Compose 2.24.1 know a healthcheck's `start_interval`; the override files use `!override` of 2.24.4.
OLDEST_ENGINE, OLDEST_COMPOSE = (25, 0), (2, 24, 4)
_INSTALL = "https://docs.docker.com/engine/install/"


@dataclass(frozen=True)
class Engine:
    """What `docker info` says."""

    info: dict[str, Any]

    @property
    def name(self) -> str:
        """The host name of the machine that it runs on."""
        return str(self.info.get("Name", ""))

    @property
    def root(self) -> str:
        """The folder of its images and volumes, on its machine."""
        return str(self.info.get("DockerRootDir", ""))

    @property
    def cpus(self) -> int:
        return int(self.info.get("NCPU", 0))

    @property
    def memory_mb(self) -> int:
        """What its machine has in all."""
        return int(self.info.get("MemTotal", 0)) // 2**20


def look(docker: Docker) -> tuple[list[Problem], Engine | None]:
    """What is wrong with Docker, and the engine where it answers."""
    if not shutil.which("docker", path=docker.environment.get("PATH")):
        fix = f"install Docker Engine {OLDEST_ENGINE[0]} or later with its Compose plugin: {_INSTALL}"
        return [Problem("there is no `docker` command on this machine", fix)], None
    plugins = [*_compose(docker), *_builder(docker)]
    try:
        engine = Engine(dict(json.loads(docker.run("info", "--format", "{{json .}}"))))
    except DockerFailed as error:
        return [_away(str(error)), *plugins], None
    return [*_old_engine(str(engine.info.get("ServerVersion", ""))), *plugins], engine


def _away(told: str) -> Problem:
    line = next((each.strip() for each in told.splitlines() if "docker" in each.lower()), told.strip())
    if "permission denied" in told.lower():
        fix = 'sudo usermod -aG docker "$USER", then log out and in again (or run this command with sudo)'
        return Problem(f"you may not talk to the Docker daemon ({line})", fix)
    fix = (
        "start it: sudo systemctl start docker (and see DOCKER_HOST and `docker context ls` if it is another machine's)"
    )
    return Problem(f"the Docker daemon does not answer ({line})", fix)


def _old_engine(version: str) -> list[Problem]:
    if _numbers(version) >= OLDEST_ENGINE:
        return []
    told = f"Docker Engine is {version or 'of no known version'}, and the oldest that will do is {OLDEST_ENGINE[0]}"
    return [Problem(told, f"update it: {_INSTALL}")]


def _compose(docker: Docker) -> list[Problem]:
    oldest = ".".join(str(number) for number in OLDEST_COMPOSE)
    fix = (
        f"install Docker's package docker-compose-plugin (Ubuntu's is docker-compose-v2), {oldest} or later: {_INSTALL}"
    )
    try:
        version = docker.run("compose", "version", "--short").strip()
    except DockerFailed:
        return [Problem("`docker compose` does not work: Docker's Compose plugin is missing", fix)]
    if _numbers(version) >= OLDEST_COMPOSE:
        return []
    return [Problem(f"Docker Compose is {version}, and the oldest that will do is {oldest}", fix)]


def _builder(docker: Docker) -> list[Problem]:
    try:
        docker.run("buildx", "version")
    except DockerFailed:
        told = "`docker buildx` does not work: the images cannot be built without Docker's builder plugin"
        return [Problem(told, f"install Docker's package docker-buildx-plugin (Ubuntu's is docker-buildx): {_INSTALL}")]
    return []


def _numbers(version: str) -> tuple[int, ...]:
    """2.40.3-3, v2.24.0, 28.5.2+dfsg4: the numbers at the beginning."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return tuple(int(number) for number in found[1].split(".")) if found else ()
