"""A command that may take minutes: its last lines while it runs and afterwards."""

import subprocess
from collections import deque
from collections.abc import Mapping
from pathlib import Path

_KEPT = 40


class Watched:
    """Runs a command and keeps the end of what it prints."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=_KEPT)

    def run(self, command: list[str], folder: Path, environment: Mapping[str, str]) -> int:
        """The exit code, once it has ended."""
        with subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                if line.strip():
                    self._lines.append(line.rstrip())
        return process.returncode

    def last(self) -> str:
        """The newest line, cut to what fits beside a step's name."""
        return self._lines[-1].strip()[:100] if self._lines else ""

    def end(self) -> list[str]:
        """The last lines."""
        return list(self._lines)
