"""`make up`: write what is missing, check, build, start, wait until healthy, and tell how to get in."""

from telar.compose import checks, containers, failures, leftovers, welcome
from telar.compose.docker import Docker, DockerFailed
from telar.compose.hints import hints
from telar.compose.install import install
from telar.compose.problems import NotReady, listed
from telar.compose.project import Project
from telar.compose.rendered import Rendered
from telar.compose.watched import Watched
from telar.domain.errors import ConfigurationError
from telar.progress import Progress, tell

WAIT_SECONDS = 300
_GO_ON = """\
What runs is left running: `docker compose ps` and `docker compose logs SERVICE` tell more, `make up` goes on from here,
`make down` stops it."""


def up(project: Project) -> None:
    """Bring the platform up, or say why not.

    Raises:
        NotReady: something stands against a start; nothing was started.
        ConfigurationError: an image could not be built, or a service did not become healthy; the text says which.
    """
    progress = Progress()
    _refuse_to_lock_out(project)
    for line in install(project):
        progress.say(line)
    wanted = _checked(project, progress)
    docker = Docker(project)
    _build(docker, progress)
    leftovers.remove(docker, wanted, progress)
    _start(docker, wanted, progress)
    tell(welcome.text(wanted, project))


def _refuse_to_lock_out(project: Project) -> None:
    """Without `.env` new passwords would be made, which open no data that are already there."""
    if project.env.exists():
        return
    try:
        problems = checks.earlier_volumes(Docker(project))
    except DockerFailed:  # the checks tell what is wrong with it
        return
    if problems:
        raise NotReady(problems)


def _checked(project: Project, progress: Progress) -> Rendered:
    looked = checks.look(project)
    if looked.findings.warnings:
        progress.say(f"worth a look:\n{listed(looked.findings.warnings)}")
    if looked.findings.problems or looked.rendered is None:
        raise NotReady(looked.findings.problems)
    progress.say("checked .env, Docker, CPU, memory, disk and ports: nothing stands in the way")
    return looked.rendered


def _build(docker: Docker, progress: Progress) -> None:
    build = Watched()
    with progress.step("building the images", build.last):
        code = build.run(docker.command("compose", "build"), docker.project.folder, docker.environment)
        if code != 0:
            said = "\n".join(build.end())
            fix = "\n".join([*hints(said), "The whole of it: docker compose build"])
            raise ConfigurationError(f"the images could not be built; nothing was started:\n{said}\n\n{fix}")


def _start(docker: Docker, wanted: Rendered, progress: Progress) -> None:
    seconds = docker.project.variables().get("TELAR_WAIT_SECONDS", str(WAIT_SECONDS))
    words = ("up", "--detach", "--no-build", "--quiet-pull", "--wait", "--wait-timeout", seconds)
    start = Watched()
    with progress.step("waiting until every service is healthy", lambda: _waiting_for(docker, wanted)):
        code = start.run(docker.command("compose", *words), docker.project.folder, docker.environment)
        if code != 0:
            told = failures.report(docker, wanted, start.end())
            raise ConfigurationError(f"the platform did not come up.\n\n{told}\n\n{_GO_ON}")


def _waiting_for(docker: Docker, wanted: Rendered) -> str:
    """Which services keep us waiting."""
    try:
        there = containers.of_project(docker, wanted.name)
    except DockerFailed:
        return ""
    if not there:
        return "pulling images"
    preparing = [each.service for each in there if each.state == "running" and each.service in wanted.one_shots]
    starting = [each.service for each in there if "(health: starting)" in each.status]
    later = len([each for each in there if each.state == "created"])
    more = [f"{later} more after them"] if later else []
    return ", ".join([*sorted(preparing + starting), *more])
