"""Containers as the engine tells of them, and their processes as the kernel does."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Container:
    """One container; ``health`` is None where it has no healthcheck."""

    told: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.told["Id"])

    @property
    def service(self) -> str:
        return str(self.told["Config"]["Labels"]["com.docker.compose.service"])

    @property
    def hostname(self) -> str:
        return str(self.told["Config"]["Hostname"])

    @property
    def running(self) -> bool:
        return bool(self.told["State"]["Running"])

    @property
    def health(self) -> str | None:
        health = self.told["State"].get("Health")
        return str(health["Status"]) if health else None

    @property
    def restarts(self) -> int:
        return int(self.told["RestartCount"])

    @property
    def well(self) -> bool:
        """Running and healthy, or ended without an error."""
        if not self.running:
            return int(self.told["State"]["ExitCode"]) == 0
        return self.health in (None, "healthy")

    @property
    def nameless_volumes(self) -> list[str]:
        """Where it mounts volumes that nobody named, and that nobody would delete."""
        mounts = [each for each in self.told["Mounts"] if each["Type"] == "volume"]
        return [str(each["Destination"]) for each in mounts if re.fullmatch("[0-9a-f]{64}", str(each["Name"]))]

    def status(self) -> dict[str, str]:
        """The kernel's account of the container's processes, the worst of each: Uid, CapPrm, NoNewPrivs, ..."""
        pids = docker("top", self.id, "-eo", "pid").split()[1:]
        accounts = [_account(pid) for pid in pids]
        return {
            "Uid": min((each["Uid"].split()[1] for each in accounts), key=int),
            "CapBnd": max((each["CapBnd"] for each in accounts), key=lambda bits: int(bits, 16)),
            "NoNewPrivs": min(each["NoNewPrivs"] for each in accounts),
        }

    def kill(self) -> None:
        """SIGKILL to its first process, as the kernel does when memory runs out; `docker kill` would keep it away."""
        pid = int(self.told["State"]["Pid"])
        assert pid > 1, f"{self.service} does not run"
        try:
            os.kill(pid, signal.SIGKILL)
        except PermissionError as error:
            raise AssertionError("only root may kill a container's process: sudo make e2e") from error


def docker(*words: str, seconds: float = 60) -> str:
    """What the docker client prints; AssertionError with its complaint."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=seconds)
    assert done.returncode == 0, f"docker {' '.join(words)}: {done.stderr}"
    return done.stdout


def inspect(ids: Sequence[str]) -> list[Container]:
    """The containers with these ids, as they are now."""
    return [Container(each) for each in json.loads(docker("inspect", *ids))] if ids else []


def _account(pid: str) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
