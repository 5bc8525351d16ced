"""What is to be started, as Compose understands docker-compose.yaml, its override files, profiles and variables."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telar.compose.docker import Docker

_DONE = "service_completed_successfully"


@dataclass(frozen=True)
class Port:
    """A port that a service publishes on ``address`` of the host; ``target`` is its own."""

    service: str
    address: str
    number: int
    target: int


@dataclass(frozen=True)
class Rendered:
    """The model of `docker compose config`: the services of the profiles that are asked for."""

    model: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of the Compose project."""
        return str(self.model["name"])

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        return dict(self.model.get("services") or {})

    @property
    def images(self) -> set[str]:
        return {str(service["image"]) for service in self.services.values() if "image" in service}

    @property
    def one_shots(self) -> set[str]:
        """The services that others wait for until they have ended well."""
        waits = [service.get("depends_on") or {} for service in self.services.values()]
        return {name for wait in waits for name, how in wait.items() if how["condition"] == _DONE}

    def ports(self) -> list[Port]:
        """Every published port; a range, or one that Docker chooses, is left out."""
        return [
            Port(name, str(each.get("host_ip") or "0.0.0.0"), int(each["published"]), int(each["target"]))
            for name, service in self.services.items()
            for each in service.get("ports") or ()
            if str(each.get("published", "")).isdecimal() and each.get("protocol", "tcp") == "tcp"
        ]

    def secrets(self, service: str) -> list[Path]:
        """The files of the secrets that a service reads."""
        named = [each["source"] for each in self.services[service].get("secrets") or ()]
        return [Path(self.model["secrets"][name]["file"]) for name in named]

    def mounted(self) -> Iterator[tuple[str, Path]]:
        """Each service with each file or folder of the host that is mounted into it, secrets not among them."""
        for name, service in self.services.items():
            for each in service.get("volumes") or ():
                if each.get("type") == "bind":
                    yield name, Path(each["source"])


def render(docker: Docker) -> Rendered:
    """Ask Compose.

    Raises:
        DockerFailed: it cannot read the files; the text is what it says.
    """
    return Rendered(dict(json.loads(docker.run("compose", "config", "--format", "json"))))


def port_variables(folder: Path, variables: Mapping[str, str]) -> dict[str, int]:
    """The variables of ports that the files of Compose name, with the usual port of each."""
    pattern = re.compile(r"\$\{(?P<name>TELAR_\w+_PORT):?-(?P<usual>\d+)\}")
    files = [folder / name for name in variables.get("COMPOSE_FILE", "docker-compose.yaml").split(os.pathsep)]
    texts = [path.read_text(encoding="utf-8") for path in files if path.is_file()]
    return {each["name"]: int(each["usual"]) for text in texts for each in pattern.finditer(text)}
