"""Why the platform did not come up: the services at fault, the first cause first, with the end of their logs."""

import json
import re

from telar.compose import containers
from telar.compose.containers import Container
from telar.compose.docker import Docker, DockerFailed
from telar.compose.hints import hints
from telar.compose.rendered import Rendered

_LINES, _SERVICES, _LAST, _KILLED = 25, 3, 8, 137
_PROGRESS = re.compile(r" *(?:Container|Network|Volume|Image) \S+ +\S+$")
_ENDED = re.compile(r"(?:Exited|Restarting) \((?P<code>\d+)\)")


def report(docker: Docker, wanted: Rendered, said: list[str]) -> str:
    """What to tell when `docker compose up` failed after printing ``said``."""
    guilty = _guilty(containers.of_project(docker, wanted.name), wanted.one_shots)
    told = [_told(docker, container, wanted.one_shots) for container in guilty[:_SERVICES]]
    others = ", ".join(container.service for container in guilty[_SERVICES:])
    more = [f"The same holds for: {others}"] if others else []
    last = [line for line in said if not _PROGRESS.match(line)] or said
    compose = f"Compose said:\n{_indented(last[-_LAST:])}"
    return "\n\n".join([*told, *more, compose, *hints("\n".join(last))])


def _guilty(all_of_them: list[Container], one_shots: set[str]) -> list[Container]:
    """Those of the first kind that there are: ended with an error, restarting, unhealthy, not done, not yet healthy."""
    kinds = (
        [each for each in all_of_them if each.state == "exited" and _code(each) not in (None, 0)],
        [each for each in all_of_them if each.state in ("restarting", "dead")],
        [each for each in all_of_them if "(unhealthy)" in each.status],
        [each for each in all_of_them if each.state == "running" and each.service in one_shots],
        [each for each in all_of_them if "(health: starting)" in each.status],
    )
    return next((kind for kind in kinds if kind), [])


def _told(docker: Docker, container: Container, one_shots: set[str]) -> str:
    code = _code(container)
    killed = " (killed: by somebody, or for want of memory)" if code == _KILLED else ""
    if container.state == "exited":
        head = f"{container.service} ended with exit code {code}{killed}"
    elif container.state in ("restarting", "dead"):
        head = f"{container.service} ends again and again, at last with exit code {code}{killed}"
    elif container.service in one_shots:
        head = f"{container.service} has not ended yet, and others wait for it"
    else:
        head = f"{container.service} runs but is not healthy; its healthcheck says: {_health(docker, container)}"
    return f"{head}\nThe end of its log:\n{_indented(_log(docker, container).splitlines())}"


def _log(docker: Docker, container: Container) -> str:
    try:
        return (
            docker.run("logs", "--tail", str(_LINES), container.name, with_errors=True).strip() or "(it wrote nothing)"
        )
    except DockerFailed as error:
        return f"(no log: {error})"


def _health(docker: Docker, container: Container) -> str:
    """The last answer of the healthcheck."""
    try:
        answers = json.loads(docker.run("inspect", "--format", "{{json .State.Health}}", container.name))["Log"]
    except (DockerFailed, KeyError, TypeError, ValueError):
        return "(nothing)"
    last = answers[-1] if answers else {"ExitCode": "none yet", "Output": ""}
    return f"{str(last['Output']).strip()[-500:] or '(nothing)'} (exit code {last['ExitCode']})"


def _code(container: Container) -> int | None:
    found = _ENDED.match(container.status)
    return int(found["code"]) if found else None


def _indented(lines: list[str]) -> str:
    return "\n".join(f"    {line.rstrip()}" for line in lines)
