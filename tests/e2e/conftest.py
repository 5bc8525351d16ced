"""Bring-ups of the platform on Docker Compose, one module each: its tests are stages, in their order."""

import shutil
import signal
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.e2e.support.containers import docker
from tests.e2e.support.stack import VERSION, Stack

HERE = Path(__file__).parent
_BROKEN = pytest.StashKey[str]()


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Only for those who ask for this folder, as `make e2e` does: a bring-up takes minutes and an engine."""
    return None if _asked_for(config) else True


def pytest_configure(config: pytest.Config) -> None:
    """Each stage on a line of its own; a terminated run removes its containers too."""
    if not _asked_for(config):
        return
    config.option.verbose = max(1, config.option.verbose)

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


@pytest.fixture(scope="session", autouse=True)
def engine() -> Iterator[None]:
    """Docker with its engine: without it this fails, for who asks for a bring-up wants one. Images go at the end."""
    done = None
    if shutil.which("docker"):
        done = subprocess.run(["docker", "info"], capture_output=True, text=True, check=False)
    if done is None or done.returncode != 0:
        pytest.fail(f"no Docker engine answers: {done.stderr.strip() if done else 'no docker command'}", pytrace=False)
    yield
    if images := docker("images", "--filter", f"reference=telar/*:{VERSION}", "--format", "{{.Repository}}:{{.Tag}}"):
        docker("image", "rm", *images.split())


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What comes after a failed stage would only fail in other words."""
    if item.parent is not None and (name := item.parent.stash.get(_BROKEN, None)):
        pytest.skip(f"the stage {name} of this bring-up failed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed stage tells how its containers are."""
    report = yield
    if report.failed and item.parent is not None and report.when != "teardown":
        item.parent.stash.setdefault(_BROKEN, item.name)
        stack = getattr(item, "funcargs", {}).get("stack")
        if isinstance(stack, Stack):
            report.sections.append(("containers", stack.tell()))
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Each stage with its seconds."""
    if report.when == "call" and report.passed:
        more = "".join(f", {value} {name}" for name, value in report.user_properties)
        return "passed", ".", f"PASSED in {report.duration:.1f} s{more}"
    return None


def _asked_for(config: pytest.Config) -> bool:
    return any(Path(word.partition("::")[0]).resolve().is_relative_to(HERE) for word in config.args)
