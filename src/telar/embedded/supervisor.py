"""The supervisor of the platform: its configuration, starting it, and talking to it over its socket.

Every path in the configuration is relative to the project, the supervisor's working folder, so no character in its name
can break it. A socket's name is limited to 107 bytes, and the supervisor makes it absolute: a long one goes by /proc.
"""

import os
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from supervisor.xmlrpc import SupervisorTransport  # type: ignore[import-untyped]  # ships no types

from telar.domain.errors import ConfigurationError
from telar.embedded import session
from telar.embedded.layout import Layout

GROUP = "services"
FIRST = "postgres"
_GOING = {"STARTING", "RUNNING", "BACKOFF"}
_HEAD = """\
[unix_http_server]
file = {socket}
chmod = 0700

[supervisord]
logfile = {logs}/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 1
pidfile = {run}/supervisord.pid
childlogdir = {logs}
umask = 077
minfds = 1024

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
_PROGRAM = """
[program:{name}]
command = "{python}" -m telar.embedded.launch {run}/programs.json {name}
autostart = false
autorestart = true
startsecs = 1
startretries = 3
stopsignal = {signal}
stopwaitsecs = {wait}
stopasgroup = {as_group}
killasgroup = true
redirect_stderr = true
stdout_logfile = {logs}/{name}.log
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 2
"""


class Supervisor:
    """One platform's supervisor; made for each command, the daemon itself stays between them."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def configure(self, names: Iterable[str]) -> None:
        """Write the configuration for these programs; the database is a group of its own, to be stopped last."""
        run, logs = (path.relative_to(self._layout.project) for path in (self._layout.run, self._layout.logs))
        parts = [_HEAD.format(run=run, logs=logs, socket=_socket(self._layout, run))]
        for name in names:
            first = name == FIRST
            parts.append(_PROGRAM.format(
                name=name, python=_python(self._layout), run=run, logs=logs,
                signal="INT" if first else "TERM", wait=_patience(name), as_group="false" if first else "true",
            ))  # fmt: skip
            if first:
                parts.append("priority = 1\n")
        services = ",".join(name for name in names if name != FIRST)
        parts.append(f"\n[group:{GROUP}]\nprograms = {services}\npriority = 2\n")
        (self._layout.run / "supervisord.conf").write_text("".join(parts), encoding="utf-8")

    def running(self) -> bool:
        """Whether the daemon answers."""
        try:
            return bool(self._call("getState")["statename"] == "RUNNING")
        except (OSError, xmlrpc.client.Error):
            return False

    def start(self) -> None:
        """Start the daemon in a session of its own and remember which one that is."""
        config = self._layout.run / "supervisord.conf"
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(config.relative_to(self._layout.project))]
        done = subprocess.run(command, cwd=self._layout.project, capture_output=True, text=True, check=False)
        deadline = time.monotonic() + 15
        while not self.running():
            if done.returncode or time.monotonic() > deadline:
                told = done.stderr.strip() or f"see {self._layout.logs / 'supervisord.log'}"
                raise ConfigurationError(f"the supervisor did not start: {told}")
            time.sleep(0.05)
        session.remember(self._layout, self.pid())

    def pid(self) -> int:
        """The daemon's own process id."""
        return int(self._call("getPID"))

    def launch(self, name: str) -> None:
        """Start one program unless it runs; does not wait until it is ready."""
        if self.state(name) not in _GOING:
            self._call("startProcess", _full(name), False)

    def state(self, name: str) -> str:
        return str(self._call("getProcessInfo", _full(name))["statename"])

    def processes(self) -> list[dict[str, Any]]:
        """What the daemon knows of each program: name, statename, pid, start, now, spawnerr."""
        return cast(list[dict[str, Any]], self._call("getAllProcessInfo"))

    def shutdown(self) -> None:
        """Ask the daemon to stop everything, the database last, and then itself."""
        self._call("shutdown")

    def _call(self, method: str, *arguments: str | bool) -> Any:  # noqa: ANN401 - whatever XML-RPC brings
        """Ask over a connection of its own: one that failed once cannot be used again."""
        transport = SupervisorTransport(serverurl=_url(self._layout))
        with xmlrpc.client.ServerProxy("http://loopback", transport=transport) as proxy:
            return getattr(proxy.supervisor, method)(*arguments)


def _patience(name: str) -> int:
    """Seconds before a program that was told to end is killed.

    Airflow's have closed everything within a second, unless a task runs, which is killed anyway; what lasts then is
    Python clearing up its memory.
    """
    if name == FIRST:
        return 30
    return 5 if name.startswith("airflow") else 10


def _full(name: str) -> str:
    return name if name == FIRST else f"{GROUP}:{name}"


def _url(layout: Layout) -> str:
    """The shorter of the socket's two names: from the root, or from the working folder."""
    names = (str(layout.socket), os.path.relpath(layout.socket))
    return f"unix://{min(names, key=len)}"


def _socket(layout: Layout, run: Path) -> str:
    """The socket's name for the daemon; 20 bytes are left for the suffix of the name that it binds first."""
    return f"{run}/supervisor.sock" if len(os.fsencode(layout.socket)) < 87 else f"/proc/self/cwd/{run}/supervisor.sock"


def _python(layout: Layout) -> str:
    """This interpreter, relative where it lies in the project; `%` would be interpolated elsewhere."""
    python = Path(sys.executable)
    inside = python.is_relative_to(layout.project)
    return str(python.relative_to(layout.project) if inside else python).replace("%", "%%")
