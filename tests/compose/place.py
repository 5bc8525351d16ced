"""A small project like the real one: a compose file of its own name, `.env.example`, and the commands run in it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from telar.compose.project import Project

PROJECT = Path(__file__).resolve().parents[2]
IMAGE = "python:3.13-slim"
COMPOSE = """\
name: {name}
x-one: &one {{image: "{image}", init: true, stop_grace_period: 1s}}
services:
  postgres-roles:
    <<: *one
    command: [sh, -c, "echo told by the roles; sleep ${{ROLES_SLEEP:-0}}; exit ${{ROLES_EXIT:-0}}"]
  portal:
    <<: *one
    image: {name}/portal
    build: {{dockerfile_inline: "FROM {image}"}}
    command: [python, -m, http.server, "8501"]
    ports: ["${{TELAR_BIND:-127.0.0.1}}:${{TELAR_PORTAL_PORT:-8086}}:8501"]
    volumes: ["data:/data"]
    secrets: [key]
    depends_on: {{postgres-roles: {{condition: service_completed_successfully}}}}
    healthcheck:
      test: [CMD-SHELL, "echo told by the check; exit ${{PORTAL_HEALTH:-0}}"]
      interval: 1s
      retries: 3
      start_period: 5s
      start_interval: 1s
  data-api:
    <<: *one
    profiles: [tools]
    command: [python, -m, http.server, "8000"]
    ports: ["127.0.0.1:${{TELAR_DATA_API_PORT:-8088}}:8000"]
    volumes: ["${{TELAR_DATA_FOLDER:-./data}}:/files:ro"]
volumes:
  data:
secrets:
  key: {{file: "${{TELAR_SECRETS:?run make env}}/inference_reload_key"}}
"""


@dataclass(frozen=True)
class Place:
    """The folder of such a project, and the name of its Compose project."""

    folder: Path
    name: str

    @property
    def env(self) -> Path:
        return self.folder / ".env"

    @property
    def project(self) -> Project:
        """The project as a function takes it, with nothing set in the shell."""
        return Project(self.folder, around={"PATH": os.environ["PATH"]})

    def settings(self, **variables: object) -> None:
        """Write these lines into `.env` in place of those of the same name, which stays private."""
        lines = self.env.read_text().splitlines() if self.env.exists() else []
        lines = [line for line in lines if line.partition("=")[0] not in variables]
        self.env.write_text("\n".join([*lines, *(f"{name}={value}" for name, value in variables.items()), ""]))
        self.env.chmod(0o600)

    def run(self, *words: str, typed: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        """A command of the package by a Python without any installed package."""
        command = [sys.executable, "-S", "-m", "telar.compose", *words]
        around = {**machine(), "PYTHONPATH": str(PROJECT / "src"), **variables}
        return subprocess.run(
            command, cwd=self.folder, env=around, input=typed, capture_output=True, text=True, check=False, timeout=240
        )

    def docker(self, *words: str) -> str:
        """What `docker ...` printed in the folder; it must succeed."""
        done = subprocess.run(
            ["docker", *words], cwd=self.folder, env=machine(), capture_output=True, text=True, check=False, timeout=240
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def running(self) -> set[str]:
        """The services of the project that run."""
        words = ("ps", "--filter", f"label=com.docker.compose.project={self.name}", "--format")
        return set(self.docker(*words, '{{.Label "com.docker.compose.service"}}').split())

    def volumes(self) -> list[str]:
        return self.docker("volume", "ls", "--quiet", "--filter", f"name={self.name}_").split()

    def remove(self) -> None:
        """Everything that it may have left on Docker."""
        words = (
            "--project-name",
            self.name,
            "--profile",
            "*",
            "down",
            "--volumes",
            "--remove-orphans",
            "--rmi",
            "local",
        )
        environment = {**machine(), "TELAR_SECRETS": "./secrets"}
        command = ["docker", "compose", *words, "--timeout", "1"]
        subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, check=True, timeout=240)


def machine() -> dict[str, str]:
    """This environment without what would be settings of a platform."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("TELAR_", "COMPOSE_"))}


def make_place(folder: Path, name: str) -> Place:
    """The files of a small project in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy2(PROJECT / ".env.example", folder)
    (folder / "docker-compose.yaml").write_text(COMPOSE.format(name=name, image=IMAGE))
    return Place(folder, name)
