"""docker-compose.yaml as Compose reads it, with every profile, and questions about it."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
FILE = PROJECT / "docker-compose.yaml"
DONE = "service_completed_successfully"
Service = Mapping[str, Any]


@dataclass(frozen=True)
class Rendered:
    """What `docker compose config` says; ``text`` is what it printed."""

    text: str

    @cached_property
    def model(self) -> dict[str, Any]:
        return dict(json.loads(self.text))

    @property
    def services(self) -> dict[str, Service]:
        """Every service as it is told, and its name."""
        return {name: {"name": name, **told} for name, told in self.model["services"].items()}

    @cached_property
    def one_shots(self) -> set[str]:
        """The services that another one waits for until they have ended well."""
        waits = [each.get("depends_on", {}) for each in self.services.values()]
        return {name for wait in waits for name, how in wait.items() if how["condition"] == DONE}

    @property
    def lasting(self) -> dict[str, Service]:
        """The services that are meant to go on running."""
        return {name: each for name, each in self.services.items() if name not in self.one_shots}

    def networks(self, service: str) -> set[str]:
        """The networks that a service is on; none where it has no network at all."""
        told = self.services[service]
        return set() if told.get("network_mode") == "none" else set(told.get("networks") or ())

    def reached_from(self, service: str) -> set[str]:
        """Every other service on one of its networks."""
        own = self.networks(service)
        return {other for other in self.services if other != service and self.networks(other) & own}

    def ports(self) -> dict[str, set[tuple[str, int, int]]]:
        """For each service that publishes any: address and port on the host, port within."""
        return {
            name: {(each.get("host_ip", ""), int(each["published"]), int(each["target"])) for each in told["ports"]}
            for name, told in self.services.items()
            if told.get("ports")
        }

    def secrets(self, service: str) -> set[str]:
        """The files of `secrets/` that a service can read."""
        files = {name: Path(told["file"]).name for name, told in self.model["secrets"].items()}
        return {files[each["source"]] for each in self.services[service].get("secrets") or ()}


def compose(folder: Path, *words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """`docker compose` on the project's file as if it lay in ``folder``, whose `.env` it reads."""
    command = ["docker", "compose", "--file", str(FILE), "--project-directory", str(folder), *words]
    machine = {name: value for name, value in os.environ.items() if not name.startswith(("TELAR_", "COMPOSE_"))}
    return subprocess.run(
        command, env={**machine, **variables}, capture_output=True, text=True, check=False, timeout=120
    )


def render(folder: Path, **variables: str) -> Rendered:
    """The file with every profile; AssertionError with what Compose says about it."""
    done = compose(folder, "--profile", "*", "config", "--format", "json", **variables)
    assert done.returncode == 0, done.stderr
    return Rendered(done.stdout)
