"""Several processes for one run of the tests: what stays together, what they share, and last words of them all.

`pytest -n 2`, as `make test` says; without -n nothing here is noticed.
"""

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

TESTS = "tests"
# What stays in one process, by its path; all other modules stand each for itself. Whole platforms come one after the
# other, for two at once are slow on two cores; the rest shares servers that are dear to start.
PLATFORMS = "whole platforms"
TOGETHER = {
    "browser/": PLATFORMS,
    "dags/": PLATFORMS,
    "embedded/test_running_platform.py": PLATFORMS,
    "test_one_new_file.py": PLATFORMS,
    "services/inference/": "inference",
    "services/mlflow/": "mlflow",
}
SHARED, LAST_WORDS = "telar_shared_folder", "telar_last_words"
_FOLDER = pytest.StashKey[Path]()
_WORDS = pytest.StashKey[list[str]]()


def say_last(config: pytest.Config, line: str) -> None:
    """``line`` ends what the run prints, once, whichever process it comes from."""
    words = config.stash.setdefault(_WORDS, [])
    if line not in words:
        words.append(line)
    if hasattr(config, "workeroutput"):
        config.workeroutput[LAST_WORDS] = words


def shared_folder(config: pytest.Config) -> Path | None:
    """A folder that every process of this run sees; None where there is only one process."""
    told = getattr(config, "workerinput", {}).get(SHARED)
    return Path(told) if told else None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:  # noqa: ANN401 - xdist's
    """Whole groups of tests, in the order of their collection."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return ByGroup(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest group first, so that nobody waits for it at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: group_of(item.nodeid) != PLATFORMS)


def group_of(nodeid: str) -> str:
    """What a test stays together with: its group, else its module."""
    path = nodeid.partition("::")[0].removeprefix(f"{TESTS}/")
    return next((name for start, name in TOGETHER.items() if path.startswith(start)), path)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist has no name for it outside
    """Before a process is started: where it finds what the run shares."""
    stash = node.config.stash
    if _FOLDER not in stash:
        stash[_FOLDER] = Path(tempfile.mkdtemp(prefix="telar tests "))
    node.workerinput[SHARED] = str(stash[_FOLDER])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:  # noqa: ANN401, ARG001 - xdist's
    for line in getattr(node, "workeroutput", {}).get(LAST_WORDS, []):
        say_last(node.config, line)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The containers that processes shared go; then the very last lines, which nobody can overlook."""
    if folder := config.stash.get(_FOLDER, None):
        for note in folder.glob("*.container"):
            subprocess.run(["docker", "rm", "--force", "--volumes", note.read_text()], check=False, capture_output=True)
        shutil.rmtree(folder)
    if not hasattr(config, "workerinput"):
        for line in config.stash.get(_WORDS, []):
            config.get_terminal_writer().line(line, yellow=True)
