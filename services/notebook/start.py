"""Lays the shipped notebook into people's folder and becomes JupyterLab, whose token is read from a file."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
SHIPPED = HERE / "explanations.ipynb"
CONFIG = HERE / "config"
FOLDER = Path("/var/lib/telar/notebooks")
TOKEN_VARIABLE, TOKEN = "JUPYTER_TOKEN_FILE", "/run/secrets/telar_notebook_token"  # JupyterLab reads that file
SHORTEST = 12


def main(address: str, port: str, folder: str = str(FOLDER), *more: str) -> None:
    """Become the server, told ``more`` options of its own.

    Without a token of at least 12 characters this ends with 1, since anybody could run code.
    """
    if wrong := unusable(os.environ.setdefault(TOKEN_VARIABLE, TOKEN)):
        sys.exit(f"notebook: {wrong}; `make env` makes one")
    os.environ["JUPYTER_CONFIG_PATH"] = str(CONFIG)  # where it finds the server's options, and defaults of its pages
    lay(SHIPPED, Path(folder))
    options = {"ip": address, "port": port, "port_retries": "0", "root_dir": folder}
    words = [f"--ServerApp.{name}={value}" for name, value in options.items()]
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *words, *more])


def unusable(path: str) -> str:
    """What is wrong with the token's file; empty when nothing is."""
    try:
        token = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        return f"the token's file {path} cannot be read: {error.strerror}"
    if len(token) < SHORTEST or any(character.isspace() for character in token):
        return f"the token in {path} must be {SHORTEST} characters or more, without a blank or a line break"
    return ""


def lay(shipped: Path, folder: Path) -> None:
    """Put the shipped notebook into the folder; one that people changed stays, and a newer one goes beside it.

    What was shipped last is kept in a hidden folder, to tell whether the notebook was changed since.
    """
    text, target, last = shipped.read_bytes(), folder / shipped.name, folder / ".shipped" / shipped.name
    before = last.read_bytes() if last.exists() else None
    if before != text or not target.exists():
        untouched = not target.exists() or target.read_bytes() in (before, text)
        (target if untouched else target.with_suffix(".new.ipynb")).write_bytes(text)
    last.parent.mkdir(exist_ok=True)
    last.write_bytes(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
