"""Records that arrive at the same moment are computed together: eight cost the model little more than one."""

import asyncio
from collections.abc import Sequence
from typing import Any

from services.inference.served import Prediction, Served

MOST = 64

Waiting = tuple[Served, dict[str, Any], "asyncio.Future[Prediction]"]


class Gathering:
    """Collects the records of one turn of the event loop; nobody waits for more to come. One for each loop."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []

    async def predict(self, served: Served, record: dict[str, Any]) -> Prediction:
        """The prediction for a validated record, by that very version."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Prediction] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._compute)
        self._waiting.append((served, record, future))
        return await future

    def _compute(self) -> None:
        turn, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._compute)
        versions = {id(served): served for served, _, _ in turn}
        for served in versions.values():
            _answer(served, [each for each in turn if each[0] is served])


def _answer(served: Served, together: Sequence[Waiting]) -> None:
    """All at once; singly when that fails, so that only the record that has no answer gets none."""
    try:
        predictions = served.predict([record for _, record, _ in together])
    except Exception as error:
        if len(together) > 1:
            for each in together:
                _answer(served, [each])
        elif not together[0][2].done():
            together[0][2].set_exception(error)
        return
    for (_, _, future), prediction in zip(together, predictions, strict=True):
        if not future.done():
            future.set_result(prediction)
