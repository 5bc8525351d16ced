"""JupyterLab lets in whoever has the token, keeps what people wrote, and asks nobody outside for anything."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from services.notebook.start import lay
from tests.support.ports import free_port

PROJECT = Path(__file__).resolve().parents[3]
TOKEN = "a-token-of-these-tests"
START_SECONDS = 60.0


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The server's URL, as the container starts it; it ends with the block."""
    (folder / "token").write_text(TOKEN)
    (folder / "notebooks").mkdir(exist_ok=True)
    port = free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            _command(folder, port), env=_environment(folder), cwd=PROJECT, stdout=log, stderr=log
        )
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _command(folder: Path, port: int) -> list[str]:
    program = [sys.executable, "-m", "services.notebook.start", "127.0.0.1", str(port), str(folder / "notebooks")]
    return [*program, *(["--allow-root"] if os.geteuid() == 0 else [])]


def _environment(folder: Path, token: str = "token") -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TELAR_", "JUPYTER"))}
    return {**clean, "HOME": str(folder), "JUPYTER_TOKEN_FILE": str(folder / token)}


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until the health check of the container passes; it asks anew as soon as it was refused."""
    for _ in range(int(START_SECONDS * 10)):
        if process.poll() is None and healthy(port).returncode == 0:
            return
    raise RuntimeError("JupyterLab did not start")


def healthy(port: int) -> "subprocess.CompletedProcess[str]":
    """The container's health check."""
    command = [sys.executable, "-IS", str(PROJECT / "services/healthy.py"), "notebook", str(port)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("people's notebooks")


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[str]:
    with running(folder) as url:
        yield url


def ask(url: str, path: str, token: str = TOKEN) -> requests.Response:
    return requests.get(url + path, headers={"Authorization": f"token {token}"}, timeout=20, allow_redirects=False)


@pytest.mark.parametrize(
    "path", ["/api/contents", "/api/kernels", "/api/contents/explanations.ipynb", "/lab/api/settings"]
)
def test_whoever_has_no_token_sees_nothing(lab: str, path: str) -> None:
    assert requests.get(lab + path, timeout=20).status_code == 403
    assert ask(lab, path, "another-token-altogether").status_code == 403
    assert ask(lab, path).status_code == 200


def test_it_opens_with_the_notebook_and_has_no_terminal(lab: str) -> None:
    assert ask(lab, "/").headers["Location"].startswith("/lab/tree/explanations.ipynb")
    cells = ask(lab, "/api/contents/explanations.ipynb").json()["content"]["cells"]
    assert cells[0]["source"].startswith("# What two versions of a model look at")
    assert ask(lab, "/api/terminals").status_code == 404


def test_it_asks_nobody_for_news_updates_or_extensions(lab: str) -> None:
    assert ask(lab, "/lab/api/news").json() == {"news": []}
    assert ask(lab, "/lab/api/update").json() == {"notification": None}
    told = ask(lab, "/lab/api/settings/@jupyterlab/apputils-extension:notification").json()["schema"]["properties"]
    assert (told["fetchNews"]["default"], told["checkForUpdates"]["default"]) == ("false", False)
    assert {"title", "type"} <= set(told["fetchNews"]), "a setting that JupyterLab does not know turns nothing off"


def test_the_token_stands_neither_in_the_process_nor_in_the_log(lab: str, folder: Path) -> None:
    assert ask(lab, f"/api/status?token={TOKEN}").status_code == 200
    listed = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"--ServerApp.root_dir={folder / 'notebooks'}" in listed
    assert TOKEN not in listed
    assert TOKEN not in (folder / "log").read_text()


def test_the_health_check_fails_for_whatever_else_listens_or_does_not() -> None:
    done = healthy(free_port())
    assert (done.returncode, done.stderr.split(":")[0]) == (1, "notebook")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read: No such file"),
        ("", "must be 12 characters or more"),
        ("short", "must be 12 characters or more"),
        (f"{TOKEN}\n", "without a blank or a line break"),
    ],
)
def test_without_a_token_that_is_one_it_does_not_start(tmp_path: Path, text: str | None, told: str) -> None:
    if text is not None:
        (tmp_path / "token").write_text(text)
    done = subprocess.run(
        _command(tmp_path, free_port()),
        env=_environment(tmp_path),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert told in done.stderr
    assert "make env" in done.stderr


def test_what_people_changed_stays_and_a_newer_notebook_lies_beside_it(tmp_path: Path) -> None:
    shipped, folder = tmp_path / "shipped.ipynb", tmp_path / "folder"
    folder.mkdir()

    def start(text: str) -> dict[str, str]:
        shipped.write_text(text)
        lay(shipped, folder)
        return {path.name: path.read_text() for path in sorted(folder.glob("*.ipynb"))}

    assert start("one") == {"shipped.ipynb": "one"}
    assert start("two") == {"shipped.ipynb": "two"}, "nobody had changed it"
    (folder / "shipped.ipynb").write_text("mine")
    assert start("two") == {"shipped.ipynb": "mine"}
    assert start("three") == {"shipped.ipynb": "mine", "shipped.new.ipynb": "three"}
    (folder / "shipped.ipynb").unlink()
    assert start("three") == {"shipped.ipynb": "three", "shipped.new.ipynb": "three"}
