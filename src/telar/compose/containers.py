"""The containers and volumes that a Compose project has on this Docker, whatever its file says today."""

import re
from dataclasses import dataclass

from telar.compose.docker import Docker, DockerFailed

_LABEL = "com.docker.compose"
_PUBLISHED = re.compile(r":(\d+)->")


@dataclass(frozen=True)
class Container:
    """One container of the project; ``state`` is Docker's word, ``folder`` where it was started from."""

    name: str
    service: str
    state: str
    status: str
    folder: str
    ports: frozenset[int]

    @property
    def running(self) -> bool:
        return self.state in ("running", "restarting", "paused")


def of_project(docker: Docker, project: str) -> list[Container]:
    """Every container of the project, the ended ones too."""
    rows = docker.rows("ps", "--all", "--no-trunc", "--filter", f"label={_LABEL}.project={project}")
    return [_container(row) for row in rows]


def publishing(docker: Docker, port: int) -> str | None:
    """The container that publishes a port, in words; None where none does."""
    for row in docker.rows("ps", "--filter", f"publish={port}"):
        project = _labels(row).get(f"{_LABEL}.project")
        more = f" of the Compose project {project}" if project else ""
        return f"the container {row['Names']}{more}"
    return None


def volumes(docker: Docker, project: str) -> list[str]:
    """The names of the project's volumes."""
    rows = docker.rows("volume", "ls", "--filter", f"label={_LABEL}.project={project}")
    return sorted(str(row["Name"]) for row in rows)


def volume_sizes(docker: Docker) -> dict[str, str]:
    """The size of every volume in words; Docker counts, which may take a while. Empty where it cannot tell."""
    try:
        text = docker.run("system", "df", "--verbose", "--format", "{{range .Volumes}}{{.Name}} {{.Size}}\n{{end}}")
    except DockerFailed:
        return {}
    return {name: size for name, _, size in (line.partition(" ") for line in text.splitlines() if line)}


def _container(row: dict[str, str]) -> Container:
    labels = _labels(row)
    return Container(
        name=str(row["Names"]),
        service=labels.get(f"{_LABEL}.service", ""),
        state=str(row["State"]),
        status=str(row["Status"]),
        folder=labels.get(f"{_LABEL}.project.working_dir", ""),
        ports=frozenset(int(port) for port in _PUBLISHED.findall(str(row["Ports"]))),
    )


def _labels(row: dict[str, str]) -> dict[str, str]:
    """Docker joins them by commas; a value that holds one loses its rest, and none of ours does."""
    pairs = (each.partition("=") for each in str(row["Labels"]).split(","))
    return {name: value for name, _, value in pairs}
