"""The rows that a demo begins with: ready at the data API, from a file, downloaded or generated."""

import time

import requests

from telar.domain.errors import ServiceError
from telar.embedded.options import LOOPBACK, Options

SECONDS = 180.0
_ON_THE_WAY = ("waiting", "loading")


class NoRows(ServiceError):
    """The data API has no rows of the use case, and says why."""


def await_rows(options: Options, name: str, seconds: float = SECONDS) -> None:
    """Until the data API has made the use case's rows ready; at once where the platform's source is another.

    Raises:
        NoRows: they cannot be made, or are still on their way after ``seconds``: a slow download.
    """
    if options.values.get("TELAR_SOURCE_URL"):
        return
    deadline = time.monotonic() + seconds
    while (state := _state(options, name)).startswith(_ON_THE_WAY):
        if time.monotonic() > deadline:
            told = "without the download (TELAR_DATA_API_DOWNLOAD=false) the demo takes generated rows"
            raise NoRows(f"the rows of {name} are still on their way after {seconds:.0f} s ({state}); {told}")
        time.sleep(0.3)
    if state.startswith("failed"):
        raise NoRows(f"the data API has no rows of {name}: {state}")


def _state(options: Options, name: str) -> str:
    """What the data API says of the use case's rows: idle (nobody asked yet), loading, ready or failed."""
    with requests.Session() as http:
        http.trust_env = False
        try:
            answer = http.get(f"http://{LOOPBACK}:{options.place.data_api_port}/health", timeout=10)
            return str(answer.json()["use_cases"].get(name, "waiting for the data API to find it"))
        except requests.RequestException as error:  # started again by the supervisor, it answers soon
            return f"waiting for the data API: {error}"
