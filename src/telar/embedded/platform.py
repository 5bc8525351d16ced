"""Start and stop of the whole platform, each step told to who waits."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from telar.domain.errors import ConfigurationError
from telar.embedded import airflow_settings, databases, options, ports, postgres, programs, readiness, session
from telar.embedded.layout import Layout
from telar.embedded.supervisor import FIRST, Supervisor
from telar.progress import Progress

START_SECONDS = 180.0
_EARLY = ("data-api", "portal")


@dataclass(frozen=True)
class Platform:
    """A platform and everything that it was told."""

    layout: Layout
    options: options.Options
    programs: tuple[programs.Program, ...]
    supervisor: Supervisor

    @property
    def urls(self) -> dict[str, str]:
        return {one.name: f"{one.url}{one.page}" for one in self.programs if one.url}


def open_platform(layout: Layout, use_case: str | None = None) -> Platform:
    """The platform of a project, running or not; generates its secrets on first use.

    One that does not run yet has ``use_case`` as its default; a running one keeps its own.
    """
    supervisor = Supervisor(layout)
    chosen = options.load(layout, running=supervisor.running(), use_case=use_case)
    return Platform(layout, chosen, programs.programs(layout, chosen), supervisor)


@contextmanager
def alone(layout: Layout) -> Iterator[None]:
    """Hold the project's lock.

    Raises:
        ConfigurationError: another start holds it.
    """
    layout.make()
    with layout.lock.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise ConfigurationError(
                f"another `make demo` of this folder is at work (process {file.read().strip() or 'unknown'}):"
                " wait until it has ended, or end it first"
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def up(platform: Platform, progress: Progress) -> None:
    """Start what does not run; a running platform is used as it is."""
    if not platform.supervisor.running():
        _clear(platform, progress)
        ports.check(platform.programs)
        with progress.step("supervisor started"):
            _prepare(platform)
            platform.supervisor.start()
    _database_first(platform, progress)
    for one in platform.programs:
        platform.supervisor.launch(one.name)
    for name, ready in readiness.probes(platform.layout, platform.options).items():
        with progress.step(f"{name} is ready"):
            readiness.await_ready(name, ready, platform.supervisor, platform.layout, START_SECONDS)


def stop(layout: Layout, progress: Progress, seconds: float = 60.0) -> int:
    """Stop every process of the platform; answers how many had to be swept up. Does nothing when none runs."""
    supervisor = Supervisor(layout)
    if supervisor.running():
        with progress.step("programs stopped"):
            daemon = psutil.Process(supervisor.pid())
            supervisor.shutdown()
            _await_end(daemon, seconds)
    swept = session.sweep(layout)
    layout.session.unlink(missing_ok=True)
    return swept


def _clear(platform: Platform, progress: Progress) -> None:
    """A killed supervisor leaves programs behind, and a task among them would be run twice."""
    if swept := session.sweep(platform.layout):
        progress.say(f"ended {swept} processes that a killed supervisor had left")


def _prepare(platform: Platform) -> None:
    layout, chosen = platform.layout, platform.options
    postgres.initialise(databases.server(layout, chosen))
    airflow_settings.write_passwords(layout, chosen)
    programs.write(layout, platform.programs)
    options.keep(layout, chosen)
    platform.supervisor.configure([one.name for one in platform.programs])


def _database_first(platform: Platform, progress: Progress) -> None:
    """PostgreSQL, then everything that needs tables; what needs none starts meanwhile."""
    supervisor, chosen = platform.supervisor, platform.options
    already = supervisor.state(FIRST) == "RUNNING" and supervisor.state("inference") == "RUNNING"
    supervisor.launch(FIRST)
    for name in _EARLY:
        supervisor.launch(name)
    if already:
        return
    with progress.step("PostgreSQL is up"):
        ready = readiness.probes(platform.layout, chosen)[FIRST]
        readiness.await_ready(FIRST, ready, supervisor, platform.layout, START_SECONDS)
    with progress.step("databases and roles are there"):
        databases.create(platform.layout, chosen)
    environments = {one.name: dict(one.environment) for one in platform.programs}
    with progress.step("tables of Airflow, MLflow and the warehouse are migrated"):
        from telar.embedded.migrations import migrate_all  # pandas comes with it: 2 s that `make status` need not wait

        migrate_all(platform.layout, chosen, environments)


def _await_end(supervisor: psutil.Process, seconds: float) -> None:
    """Until the daemon is gone, which stops its programs first; the sweep after it ends what it never knew."""
    with suppress(psutil.TimeoutExpired):
        supervisor.wait(seconds)
