"""Whether the ports that the platform publishes can be had, and its address is one of this machine's."""

import errno
import ipaddress
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing

from telar.compose.holders import holder
from telar.compose.problems import Problem
from telar.compose.rendered import Port

_EVERYWHERE = ("0.0.0.0", "::")


def bind(address: str) -> Iterator[Problem]:
    """TELAR_BIND is not an address of this machine."""
    fix = "write 127.0.0.1 (this machine only), 0.0.0.0 (every network) or an address of `ip -brief address` into .env"
    try:
        ipaddress.IPv4Address(address)
    except ValueError:
        yield Problem(f"TELAR_BIND is {address!r}, which is no IPv4 address", fix)
        return
    if _refusal(address, 0) == errno.EADDRNOTAVAIL:
        yield Problem(f"TELAR_BIND is {address}, which is no address of this machine", fix)


def taken(
    ports: Iterable[Port],
    own: frozenset[int],
    names: Mapping[int, list[str]],
    container: Callable[[int], str | None],
) -> Iterator[Problem]:
    """Ports that somebody else holds: ``own`` are those of this project's containers, ``names`` the variables of each,
    and ``container`` tells which container publishes one.
    """
    wanted = list(ports)
    numbers = {port.number for port in wanted}
    for port in wanted:
        if port.number not in own and _refusal(port.address, port.number) == errno.EADDRINUSE:
            by = container(port.number) or holder(port.number)
            told = f"port {port.number} of {port.address}, wanted by {port.service}, is taken by {by}"
            yield Problem(told, f"end it{_ours(by)}, or {_other(port.number, names, numbers)}")


def twice(ports: Iterable[Port], names: Mapping[int, list[str]]) -> Iterator[Problem]:
    """Ports that two services ask for."""
    wanted = list(ports)
    numbers = {port.number for port in wanted}
    for number in sorted(numbers):
        services = sorted({port.service for port in wanted if port.number == number and _meets(port, wanted)})
        if len(services) > 1:
            told = f"{' and '.join(services)} both ask for port {number}"
            yield Problem(told, _other(number, names, numbers))


def _ours(holder: str) -> str:
    return " (the platform without Docker: make stop)" if ".telar/" in holder else ""


def _meets(port: Port, others: Iterable[Port]) -> bool:
    """Whether another service wants the same number at an address that takes in this one."""
    same = [other for other in others if other.number == port.number and other.service != port.service]
    return any(port.address in (*_EVERYWHERE, o.address) or o.address in _EVERYWHERE for o in same)


def _other(number: int, names: Mapping[int, list[str]], wanted: set[int]) -> str:
    """How to give a service another port, with one that is free now."""
    free = next(each for each in range(number + 1000, 65_536) if each not in wanted and not _refusal("", each))
    lines = " or ".join(f"{name}={free}" for name in names.get(number, []))
    return f"write {lines} into .env" if lines else "give it another port in docker-compose.yaml"


def _refusal(address: str, port: int) -> int | None:
    """Why this machine does not let a program listen there; None when it would."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            if port:
                probe.listen(1)
        except OSError as error:
            return error.errno
    return None
