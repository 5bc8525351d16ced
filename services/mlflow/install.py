"""Makes MLflow's tables and users in a container: `python -m services.mlflow.install`, at every start.

Both lie in one database: the users' tables keep their version in a table of their own. What is there stays, but the
users have the passwords of .env again.
"""

import sys
import time

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from services.mlflow.migration import migrate
from services.mlflow.settings import DatabaseSettings, UserSettings
from telar.domain.errors import ConfigurationError
from telar.settings import read

WAIT_SECONDS = 60.0
_REFUSED = (1044, 1045, 1698)  # MySQL's access denied
_BINARY_LOG = "SELECT @@GLOBAL.log_bin AND NOT @@GLOBAL.log_bin_trust_function_creators"


def main() -> None:
    """Wait for the database, migrate it, see to the users; exit with a message where that cannot be."""
    try:
        passwords = read(UserSettings)
        url = read(DatabaseSettings).mlflow_database_url.get_secret_value()
        await_database(url, time.monotonic() + WAIT_SECONDS)
    except ConfigurationError as error:
        sys.exit(str(error))
    install(url, passwords)


def await_database(url: str, deadline: float) -> None:
    """Until the database takes a connection.

    Raises:
        ConfigurationError: it refuses the password, cannot hold MLflow's triggers, or ``deadline`` (monotonic) passed.
    """
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    while True:
        try:
            with engine.connect() as connection:
                _check_binary_log(connection)
            return
        except OperationalError as error:
            told = str(error.orig)
            if _refused(error):
                raise ConfigurationError(
                    f"MLflow's database refuses its user: {told}. Its password is TELAR_DB_MLFLOW_PASSWORD of .env; an "
                    "external database needs the same one. Nothing was changed"
                ) from error
            if time.monotonic() > deadline:
                raise ConfigurationError(f"MLflow's database does not answer: {told}") from error
        time.sleep(0.5)


def _refused(error: OperationalError) -> bool:
    """PostgreSQL says so in words, MySQL by a number."""
    return "password authentication failed" in str(error.orig) or bool(error.orig and error.orig.args[0] in _REFUSED)


def install(url: str, passwords: UserSettings) -> None:
    """Migrate, then see to the users."""
    from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore  # late, since it takes seconds

    from services.mlflow.users import ensure_users

    migrate(url)
    store = SqlAlchemyStore()
    store.init_db(url)  # type: ignore[no-untyped-call]  # MLflow's own
    ensure_users(store, passwords)


def _check_binary_log(connection: Connection) -> None:
    """A migration makes triggers; refused half-way, it leaves tables that no later migration can go on from."""
    if connection.dialect.name == "mysql" and connection.execute(text(_BINARY_LOG)).scalar():
        raise ConfigurationError(
            "this MySQL keeps a binary log and lets only its admin make triggers, which MLflow's tables need: run "
            "SET PERSIST log_bin_trust_function_creators = 1 as its admin. Nothing was changed"
        )


if __name__ == "__main__":
    main()
