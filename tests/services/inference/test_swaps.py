"""Under load, while versions alternate: every request is answered, and every answer is wholly one version's."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
import uvicorn

from services.inference.main import build_app
from services.inference.parts import Settings
from tests.services.inference.conftest import KEY, until
from tests.services.inference.versions import Registry, Version
from tests.support.ports import free_port
from tests.support.tiny import TINY

pytestmark = pytest.mark.engines("postgresql")
RECORD: dict[str, Any] = dict(TINY.example)
SWAPS = 12
CONNECTIONS = 8


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The address of the API behind a real server, in this process."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(build_app(lambda: settings), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


async def _hammer(url: str, over: threading.Event) -> list[tuple[int, dict[str, Any]]]:
    """Status and body of every answer until ``over``, by both prediction routes."""

    async def one(client: httpx2.AsyncClient) -> list[tuple[int, dict[str, Any]]]:
        found = []
        while not over.is_set():
            single = await client.post("/predict", json=RECORD)
            batch = await client.post("/predict-batch", json={"records": [RECORD] * 3})
            found += [(answer.status_code, answer.json()) for answer in (single, batch)]
        return found

    async with httpx2.AsyncClient(base_url=url, timeout=30) as client:
        lists = await asyncio.gather(*(one(client) for _ in range(CONNECTIONS)))
    return [each for found in lists for each in found]


def _swap(url: str, registry: Registry, versions: list[str], over: threading.Event) -> None:
    try:
        for number in range(SWAPS):
            registry.promote("tiny", versions[number % len(versions)])
            answer = httpx2.post(f"{url}/models/tiny/reload", headers={"X-API-Key": KEY}, timeout=30)
            assert answer.status_code == 200, answer.text
    finally:
        over.set()


def test_every_answer_during_swaps_is_wholly_one_versions(
    settings: Settings, registry: Registry, first: Version, second: Version
) -> None:
    made = {registry.register(first): first, registry.register(second): second}
    registry.promote("tiny", next(iter(made)))
    over = threading.Event()
    with serving(settings) as url:
        until(lambda: httpx2.get(f"{url}/ready").status_code == 200)
        swapper = threading.Thread(target=_swap, args=(url, registry, list(made), over))
        swapper.start()
        answers = asyncio.run(_hammer(url, over))
        swapper.join()
    expected = {number: version.probabilities(RECORD) for number, version in made.items()}
    seen = set()
    for status, body in answers:
        assert status == 200, body
        seen.add(body["version"])
        for prediction in body.get("predictions", [body]):
            assert list(prediction["probabilities"].values()) == pytest.approx(expected[body["version"]], abs=1e-5)
    assert seen == set(made)
