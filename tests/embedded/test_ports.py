"""A taken port is named with its holder and its variable."""

import os
import socket

import pytest

from telar.domain.errors import ConfigurationError
from telar.embedded import ports
from telar.embedded.programs import Program


def program(name: str, port: int) -> Program:
    return Program(name, ("true",), {}, port, f"TELAR_{name.upper()}_PORT", "/")


def test_a_taken_port_is_told_with_its_holder_and_the_fix() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(ConfigurationError) as raised:
            ports.check((program("mlflow", port),))
    told = str(raised.value)
    assert f"port {port}, wanted by mlflow, is taken by process {os.getpid()}" in told
    assert f"TELAR_MLFLOW_PORT={port + 1000} make demo" in told


def test_a_port_taken_on_every_address_is_taken_on_loopback_too() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert not ports.free(server.getsockname()[1])


def test_a_free_port_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert ports.free(port)
    ports.check((program("mlflow", port),))


def test_two_programs_cannot_have_one_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ConfigurationError, match=f"mlflow and portal both ask for port {port}"):
        ports.check((program("mlflow", port), program("portal", port)))
