"""A port that is taken is told with its holder and the variable that gives another."""

import os
import socket
from collections.abc import Iterator

import pytest

from telar.compose import port_checks
from telar.compose.problems import Problem, listed
from telar.compose.rendered import Port
from tests.support.ports import free_port

NAMES = ("TELAR_PORTAL_PORT",)


@pytest.fixture
def listening() -> Iterator[int]:
    """A port of loopback on which this very process listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def taken(port: int, own: frozenset[int] = frozenset(), address: str = "127.0.0.1") -> list[Problem]:
    wanted = [Port("portal", address, port, 8501)]
    return list(port_checks.taken(wanted, own, {port: ["TELAR_PORTAL_PORT"]}, lambda _: None))


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_names_its_holder_and_a_free_port_to_write_down(listening: int, address: str) -> None:
    told = listed(taken(listening, address=address))
    assert f"port {listening} of {address}, wanted by portal, is taken by process {os.getpid()} (" in told
    offered = int(told.rpartition("TELAR_PORTAL_PORT=")[2].split()[0])
    assert taken(offered) == []


def test_a_port_that_this_platform_holds_itself_is_no_problem(listening: int) -> None:
    assert taken(listening, own=frozenset({listening})) == []


def test_a_free_port_is_no_problem() -> None:
    assert taken(free_port()) == []


def test_a_port_of_a_container_names_the_container(listening: int) -> None:
    wanted = [Port("portal", "127.0.0.1", listening, 8501)]
    told = listed(list(port_checks.taken(wanted, frozenset(), {}, lambda port: f"the container c{port}")))
    assert f"is taken by the container c{listening}" in told


def test_two_services_that_ask_for_one_port_are_both_named() -> None:
    port = free_port()
    names = {port: ["TELAR_PORTAL_PORT", "TELAR_MLFLOW_PORT"]}
    wanted = [Port("portal", "0.0.0.0", port, 8501), Port("mlflow", "127.0.0.1", port, 5000)]
    told = listed(list(port_checks.twice(wanted, names)))
    assert f"mlflow and portal both ask for port {port}" in told
    assert "TELAR_PORTAL_PORT=" in told
    assert "TELAR_MLFLOW_PORT=" in told


def test_one_port_on_two_addresses_is_two_ports() -> None:
    wanted = [Port("portal", "127.0.0.1", 8086, 8501), Port("mlflow", "127.0.0.2", 8086, 5000)]
    assert list(port_checks.twice(wanted, {})) == []
