"""Who listens on a port of this machine, as far as this user may see."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_LISTENING = "0A"
_UNSEEN = "a program that this user may not see (sudo ss -ltnp shows it)"


def holder(port: int) -> str:
    """Process number and command, or that it cannot be seen."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in Path("/proc").glob("[0-9]*"):
        if any(link in sockets for link in _open_files(process)):
            with suppress(OSError):  # it ended meanwhile
                return f"process {process.name} ({_command(process)})"
    return _UNSEEN


def _inodes(port: int) -> Iterator[str]:
    """The listening sockets of the port, in both address families."""
    for table in ("tcp", "tcp6"):
        path = Path("/proc/net") / table
        for line in path.read_text(encoding="ascii").splitlines()[1:] if path.is_file() else ():
            words = line.split()
            if words[3] == _LISTENING and int(words[1].rpartition(":")[2], 16) == port:
                yield words[9]


def _open_files(process: Path) -> Iterator[str]:
    """What its descriptors lead to; nothing where this user may not look."""
    with suppress(OSError):
        for link in (process / "fd").iterdir():
            with suppress(OSError):
                yield str(link.readlink())


def _command(process: Path) -> str:
    words = (process / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ").strip()
    return words[:80] or (process / "comm").read_text(encoding="utf-8").strip()
