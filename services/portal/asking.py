"""One request to one of Telar's services: its answer, or the reason in plain words why there is none."""

from collections.abc import Mapping
from typing import Any

import requests

from telar.domain.errors import ServiceUnavailable


def ask(
    url: str,
    timeout_seconds: float,
    method: str = "GET",
    body: object | None = None,
    headers: Mapping[str, str] | None = None,
    login: tuple[str, str] | None = None,
) -> requests.Response:
    """The answer, whatever its status; connecting and each wait for bytes may take ``timeout_seconds``.

    Raises:
        ServiceUnavailable: nothing listens there, or nothing came in time.
    """
    try:
        return requests.request(
            method, url, json=body, headers=dict(headers or {}), auth=login, timeout=timeout_seconds
        )
    except requests.Timeout as error:
        raise ServiceUnavailable(f"no answer from {url} within {timeout_seconds:g} s") from error
    except requests.ConnectionError as error:
        raise ServiceUnavailable(f"nothing answers at {url}") from error
    except requests.RequestException as error:
        raise ServiceUnavailable(f"{url} cannot be asked: {error}") from error


def parsed(response: requests.Response) -> Any:  # noqa: ANN401
    """The JSON of an answer.

    Raises:
        ServiceUnavailable: it is not JSON, so something else than the service answered.
    """
    try:
        return response.json()
    except requests.JSONDecodeError as error:
        raise ServiceUnavailable(
            f"{response.url} answered {response.status_code} with something that is not JSON"
        ) from error


def parsed_object(response: requests.Response) -> dict[str, Any]:
    """The JSON object of a successful answer.

    Raises:
        ServiceUnavailable: another status than 200, not JSON, or not an object.
    """
    if response.status_code != requests.codes.ok:
        raise ServiceUnavailable(f"{response.url} answered {response.status_code} {response.reason}")
    found = parsed(response)
    if not isinstance(found, dict):
        raise ServiceUnavailable(f"{response.url} answered JSON that is not an object")
    return found
