"""Secrets that are none: known defaults, words that everybody tries, and what is too short to be one."""

import base64
import binascii
import re

SHORTEST = 12
_WORDS = (
    "admin", "administrator", "airflow", "batchuser", "change", "changeit", "changeme", "default", "example", "fernet",
    "guest", "key", "letmein", "login", "me", "minio", "mlflow", "my", "mysql", "owner", "pass", "passwd", "password",
    "please", "postgres", "postgresql", "qwerty", "reader", "redis", "replace", "root", "sa", "secret", "super",
    "telar", "test", "this", "to", "user", "welcome", "your",
)  # fmt: skip
# Nothing but such words, digits and signs: `minioadmin`, `change-me-please`, `Passw0rd` is too short anyway.
_COMMON = re.compile(rf"(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))}|[^a-z])*")


def weakness(name: str, value: str) -> str | None:
    """Which rule this secret breaks, in words that follow its name; None when it will do."""
    if not value:
        return "is empty"
    if _COMMON.fullmatch(value.lower()):
        return f"is {value!r}, a well-known default or nothing but common words and digits"
    if len(value) < SHORTEST:
        return f"has {len(value)} characters, and the least is {SHORTEST}"
    if any(character.isspace() for character in value):
        return "holds a blank or a line break, which not every service takes"
    if name.endswith("FERNET_KEY") and not _fernet(value):
        return "is no Fernet key: 32 random bytes in URL-safe base64, 44 characters"
    return None


def _fernet(value: str) -> bool:
    try:
        return len(base64.b64decode(value, altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False
