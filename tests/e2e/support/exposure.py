"""What a running platform lays open: rights of its processes, ports, secrets in what Docker shows to everyone."""

import subprocess

from tests.e2e.support.containers import docker
from tests.e2e.support.machine import BIND, LOOPBACK, listens
from tests.e2e.support.stack import ON_LOOPBACK, Stack

CONFINED = {"CapBnd": "0000000000000000", "NoNewPrivs": "1"}
SECRET_ENDS = ("_PASSWORD", "_KEY", "_SECRET", "_TOKEN")


def unconfined(stack: Stack) -> list[str]:
    """Each running container with a process of root, or with a capability, or able to gain one, as the kernel says."""
    running = [(each.service, each.status()) for each in stack.containers() if each.running]
    assert len(running) >= 10, running
    wrong = [
        f"{name}: {key} {account[key]}"
        for name, account in running
        for key in CONFINED
        if account[key] != CONFINED[key]
    ]
    return wrong + [f"{name}: a process of root" for name, account in running if account["Uid"] == "0"]


def shown_secrets(stack: Stack) -> list[str]:
    """Each secret of `.env` that `docker inspect` or `docker top` shows, and of which container."""
    secrets = {name: value for name, value in stack.env.items() if name.endswith(SECRET_ENDS)}
    assert len(secrets) >= 15, sorted(secrets)
    found = []
    for each in stack.containers():
        told = docker("inspect", each.id) + (docker("top", each.id, "-eo", "pid,args") if each.running else "")
        found += [f"{each.service} shows {name}" for name, value in secrets.items() if value in told]
    return found


def logged_secrets(stack: Stack) -> list[str]:
    """Each secret of `.env` that stands in a container's log."""
    secrets = {name: value for name, value in stack.env.items() if name.endswith(SECRET_ENDS)}
    found = []
    for each in stack.containers():
        done = subprocess.run(["docker", "logs", each.id], capture_output=True, text=True, check=True)
        found += [
            f"{each.service} logs {name}" for name, value in secrets.items() if value in done.stdout + done.stderr
        ]
    return found


def listening(stack: Stack) -> dict[str, set[str]]:
    """The addresses on which each port of the stack takes connections."""
    return {
        name: {address for address in (LOOPBACK, BIND) if listens(address, port)} for name, port in stack.ports.items()
    }


def meant(stack: Stack, without: set[str]) -> dict[str, set[str]]:
    """The addresses on which each should, where the services ``without`` do not run."""
    return {name: set() if name in without else {LOOPBACK} if name in ON_LOOPBACK else {BIND} for name in stack.ports}
