"""The ports of the platform: are they free, and if not, who holds them and which variable gives another."""

import socket
from contextlib import closing

import psutil

from telar.domain.errors import ConfigurationError
from telar.embedded.options import LOOPBACK
from telar.embedded.programs import Program


def taken(table: tuple[Program, ...]) -> list[str]:
    """One sentence for each port that somebody holds, with the fix; empty when all are free or asked for once."""
    problems = [_sentence(one) for one in table if one.port and not free(one.port)]
    seen: dict[int, str] = {}
    for one in table:
        if one.port and (other := seen.setdefault(one.port, one.name)) != one.name:
            problems.append(f"{other} and {one.name} both ask for port {one.port}: give {one.variable} another value")
    return problems


def check(table: tuple[Program, ...]) -> None:
    """Raise ConfigurationError naming every port that cannot be had."""
    if problems := taken(table):
        raise ConfigurationError("\n".join(problems))


def free(port: int) -> bool:
    """Whether this process could listen on the port of the loopback address."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
        return True


def holder(port: int) -> str:
    """Who listens on the port, as far as this user may see."""
    for process in psutil.process_iter():
        try:
            listens = any(
                c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in process.net_connections("tcp")
            )
            if listens:
                return f"process {process.pid} ({' '.join(process.cmdline())[:80] or process.name()})"
        except (psutil.Error, OSError):
            continue
    return "a process of another user, or one that has just ended"


def _sentence(program: Program) -> str:
    return (
        f"port {program.port}, wanted by {program.name}, is taken by {holder(program.port or 0)}: end that process, or"
        f" choose another port, for instance `{program.variable}={(program.port or 0) + 1000} make demo`"
    )
