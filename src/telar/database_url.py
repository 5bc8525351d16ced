"""A database's address as SQLAlchemy takes it, from one that people write: driver, user and password put in.

Standard library only: images that carry no SQLAlchemy read settings too.
"""

import re
from urllib.parse import quote

_DRIVERS = {
    "postgresql": "postgresql+psycopg2",
    "postgres": "postgresql+psycopg2",
    "postgresql+psycopg2": "postgresql+psycopg2",
    "mysql": "mysql+pymysql",
    "mysql+pymysql": "mysql+pymysql",
}
_SHAPE = re.compile(
    r"(?P<scheme>[^:/@]+)://"
    r"(?:(?P<user>[^:/@]*)(?::(?P<password>[^@]*))?@)?"
    r"(?P<host>\[[^]@]+\]|[^:/?@\[\]]*)(?::(?P<port>\d+))?"
    r"(?:/(?P<database>[^?@]*))?(?P<options>\?.*)?"
)


def database_url(url: str, user: str | None = None, password: str | None = None) -> str:
    """``url`` with its driver, and with ``user`` and ``password``, percent-encoded, where it has none of its own.

    Raises:
        ValueError: another engine, or no host, database, user or password; the text never shows a password.
    """
    found = _SHAPE.fullmatch(url.strip())
    if found is None:
        raise ValueError(
            "it cannot be read: it must look like postgresql://HOST:PORT/DATABASE (or mysql://...); write @ and other "
            "special characters of a password percent-encoded, or set user and password beside the URL"
        )
    part = found.groupdict(default="")
    driver = _DRIVERS.get(part["scheme"])
    if driver is None:
        raise ValueError(f"it begins with {part['scheme']}://, and must begin with postgresql:// or mysql://")
    for name in ("host", "database"):
        if not part[name]:
            raise ValueError(f"it names no {name}: it must look like {part['scheme']}://HOST:PORT/DATABASE")
    login = f"{_given('user', part['user'], user)}:{_given('password', part['password'], password)}"
    port = f":{part['port']}" if part["port"] else ""
    return f"{driver}://{login}@{part['host']}{port}/{part['database']}{part['options']}"


def _given(name: str, own: str, beside: str | None) -> str:
    """The URL's own as it stands there, else the one beside it, encoded."""
    if own or beside:
        return own or quote(beside or "", safe="")
    raise ValueError(
        f"it names no {name}, and none is set beside it: set the variable of the same name that ends in "
        f"_{name.upper()} instead of _URL, or mount a file of that name (lower case) in /run/secrets"
    )
