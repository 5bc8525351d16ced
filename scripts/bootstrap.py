"""Installs Telar into `.telar/venv`, from nothing but a Python: `python scripts/bootstrap.py embedded|dev|check`.

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
    if extra == "check":
        complain(machine.problems(PROJECT, installed=STAMP.is_file()))
        say("nothing stands against `make demo`")
        return
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
    if not usable():
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], quiet=True)
    uv = find_uv()
    if not usable() and uv:
        run([*uv, "venv", "--clear", "--quiet", "--python", sys.executable, str(VENV)])
    if not usable() or not (uv or has_pip(str(VENV_PYTHON))):
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        complain([f"{sys.executable} can make no virtual environment with pip: install {name} (apt install {name})"])
    if not fill(["-c", "requirements.lock", "-e", f".[{extra}]"], uv):
        complain(["the installation failed, see above; run the same command again to go on"])
    STAMP.write_text(digest(extra), encoding="ascii")
    say(f"installed in {time.monotonic() - began:.0f} s")


def fill(wanted: list[str], uv: list[str]) -> bool:
    """Install into the venv: by uv, by uv that trusts the machine's certificates, by pip."""
    if uv:
        by_uv = [*uv, "pip", "install", "--python", str(VENV_PYTHON), "--compile-bytecode", *wanted]
        if run(by_uv):
            return True
        say("once more, with the certificates that this machine trusts")
        if run(by_uv, {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true"}):
            return True
    if not has_pip(str(VENV_PYTHON)):
        return False
    say("going on with pip, which is slower")
    return run([str(VENV_PYTHON), "-m", "pip", "install", "--progress-bar", "off", *wanted])


def usable() -> bool:
    """Whether the venv runs the Python that was asked for; an earlier one may have been another version's."""
    question = f"import sys; sys.exit(sys.version != {sys.version!r})"
    return VENV_PYTHON.exists() and run([str(VENV_PYTHON), "-c", question], quiet=True)


def has_pip(python: str) -> bool:
    """Whether that Python has pip."""
    return run([python, "-m", "pip", "--version"], quiet=True)


def find_uv() -> list[str]:
    """The installer uv, put below `.telar/boot` by whatever pip there is; else the machine's own; else nothing."""
    uv = BOOT / "bin" / "uv"
    for python in (str(VENV_PYTHON), sys.executable):
        if not uv.exists() and has_pip(python):
            run([python, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(BOOT), "uv"])
    if uv.exists():
        return [str(uv)]
    return ["uv"] if run(["uv", "--version"], quiet=True) else []


def index() -> dict[str, str]:
    """The registry that pip is set to, told to uv, which does not read pip's settings."""
    if any(os.environ.get(name) for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        return {}
    words = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    address = os.environ.get("PIP_INDEX_URL") or told
    return {"UV_DEFAULT_INDEX": address} if address else {}


def run(command: list[str], more: dict[str, str] | None = None, quiet: bool = False) -> bool:
    """Run a command in the project, its progress shown unless ``quiet``; answers whether it succeeded."""
    environment = {**os.environ, "UV_CACHE_DIR": str(HOME / "cache" / "uv"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment.update(index() if "pip" in command else {}, **(more or {}))
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"):
        environment.pop(name, None)
    output = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(command, cwd=PROJECT, env=environment, stdout=output, stderr=output, check=False)
    except OSError:
        return False
    return done.returncode == 0


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
