"""API keys: one header, compared in constant time."""

import hmac

from fastapi.security import APIKeyHeader
from pydantic import SecretStr

from telar.web.errors import KeyNotSet, KeyRefused

KEY_HEADER = "X-API-Key"
key_header = APIKeyHeader(name=KEY_HEADER, auto_error=False)


def check_key(given: str | None, expected: SecretStr | None, variable: str) -> None:
    """Raise unless ``given`` is the ``expected`` key, which the environment variable ``variable`` holds.

    Raises:
        KeyNotSet: the service was started without a key, so nobody may use what it guards.
        KeyRefused: the key is missing or wrong.
    """
    if expected is None or not expected.get_secret_value():
        raise KeyNotSet(f"this route is closed because {variable} is not set; set it and start the service again")
    if given is None:
        raise KeyRefused(f"this route needs the header {KEY_HEADER} with the value of {variable}")
    if not hmac.compare_digest(given.encode(), expected.get_secret_value().encode()):
        raise KeyRefused(f"the key in {KEY_HEADER} is not that of {variable}")
