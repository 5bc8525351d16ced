"""Installs Telar into `.telar/venv`, from nothing but a Python: `python scripts/bootstrap.py embedded|dev`.

Standard library only. The stamp is written last: a half venv, as a Debian without ensurepip leaves it, does not count.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "src"))
from telar.embedded import machine  # noqa: E402

HOME = PROJECT / ".telar"
VENV, BOOT, STAMP = HOME / "venv", HOME / "boot", HOME / "venv" / "telar-stamp"
VENV_PYTHON = VENV / "bin" / "python"


def main() -> None:
    """Check the machine and install what is asked for, unless the stamp says that it is there."""
    extra = sys.argv[1]
    if installed(extra):
        complain(machine.problems(PROJECT, installed=True))
        return
    complain(machine.problems(PROJECT, installed=False))
    HOME.mkdir(mode=0o700, exist_ok=True)
    with (HOME / "lock").open("a+", encoding="ascii") as lock:
        hold(lock.fileno())
        if not installed(extra):
            install(extra)


def hold(lock: int) -> None:
    """Refuse to install beside another installation."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        complain(["another `make demo` or `make test` of this folder is at work: wait until it has ended"])


def install(extra: str) -> None:
    """Make the venv, fill it from the lock, write the stamp."""
    began = time.monotonic()
    say(f"installing Telar [{extra}] into .telar/venv, about 1.5 GB: half a minute to some minutes")
    STAMP.unlink(missing_ok=True)
    whole = VENV_PYTHON.exists() and run([VENV_PYTHON, "-m", "pip", "--version"], quiet=True)
    whole = whole or run([sys.executable, "-m", "venv", "--clear", str(VENV)], quiet=True)
    uv = find_uv([str(VENV_PYTHON)] if whole else [sys.executable])
    if not whole and not (uv and run([*uv, "venv", "--clear", "--quiet", "--python", sys.executable, str(VENV)])):
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        complain(
            [f"{sys.executable} can make no virtual environment and has no pip: install {name} (apt install {name})"]
        )
    wanted = ["-c", "requirements.lock", "-e", f".[{extra}]"]
    by_uv = [*uv, "pip", "install", "--python", str(VENV_PYTHON), "--compile-bytecode", *wanted] if uv else []
    if not (by_uv and run(by_uv)):
        say("going on with pip, which is slower" if uv else "uv is not to be had; going on with pip, which is slower")
        if not run([str(VENV_PYTHON), "-m", "pip", "install", *wanted]):
            complain(["the installation failed, see above; run the same command again to go on"])
    STAMP.write_text(digest(extra), encoding="ascii")
    say(f"installed in {time.monotonic() - began:.0f} s")


def find_uv(python: list[str]) -> list[str]:
    """The installer uv, put below `.telar/boot` by pip; empty where that fails."""
    uv = BOOT / "bin" / "uv"
    if not uv.exists():
        run([*python, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(BOOT), "uv"])
    return [str(uv)] if uv.exists() else []


def run(command: list[object], quiet: bool = False) -> bool:
    """Run a command in the project, its progress shown; answers whether it succeeded."""
    words = [str(word) for word in command]
    environment = {**os.environ, "UV_CACHE_DIR": str(HOME / "cache" / "uv"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"):
        environment.pop(name, None)
    output = subprocess.DEVNULL if quiet else None
    try:
        return (
            subprocess.run(words, cwd=PROJECT, env=environment, stdout=output, stderr=output, check=False).returncode
            == 0
        )
    except OSError as error:
        say(f"{words[0]} cannot be run: {error}")
        return False


def installed(extra: str) -> bool:
    """Whether the stamp is that of this lock, Python and folder; the developer's tools include the platform."""
    if not (STAMP.is_file() and VENV_PYTHON.exists()):
        return False
    return STAMP.read_text(encoding="ascii") in {digest(extra), digest("dev")}


def digest(extra: str) -> str:
    """What an installation depends on, as a hash."""
    parts = [(PROJECT / name).read_bytes() for name in ("requirements.lock", "pyproject.toml")]
    parts += [str(PROJECT).encode(), sys.version.encode(), extra.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def complain(problems: list[str]) -> None:
    """Print the problems and end, if there are any."""
    if problems:
        sys.exit("\n".join(f"make: {problem}" for problem in problems))


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
