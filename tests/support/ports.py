"""Ports for the tests' servers, such as no other process of the same run picks before they are bound."""

import itertools
import os
import random
import socket

# Above 10080, which browsers refuse; below those that the kernel gives to connections.
FIRST, OF_A_PROCESS, PROCESSES = 10_100, 2_400, 4
_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PROCESSES
_NEXT = itertools.count(random.randrange(OF_A_PROCESS))


def free_port() -> int:
    """A port of loopback that nobody listens on, another one each time.

    A server takes seconds to bind its port. Of ports that the kernel hands out, two processes had the same one by
    then, and each took the other's server for its own.
    """
    while True:
        port = FIRST + _PROCESS * OF_A_PROCESS + next(_NEXT) % OF_A_PROCESS
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
