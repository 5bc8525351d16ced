"""Makes Airflow's tables and the user `admin`, in one process, since importing Airflow takes seconds.

Run at every start: what is there already stays, but `admin` has the password of .env and may log in.
"""

import os
import sys
import time

import psycopg2

from services.airflow.secret_url import NoSecret, database_url, secret

USER = "admin"
ROLE = "Admin"
WAIT_SECONDS = 60.0
REFUSED = """\
Airflow's database refuses the password of .env: {error}
Was its volume made by another installation? Put that installation's .env back, or delete the data with `make destroy`.
An external database: write its password into .env as TELAR_DB_AIRFLOW_PASSWORD and run `make env`.
Nothing was changed."""


class NotInstalled(Exception):
    """The database cannot be used; the text says why and what to do."""


def main() -> None:
    """Install with what the secrets' files say; exit with a message where that cannot be."""
    try:
        install(database_url(os.environ), secret("telar_airflow_password"))
    except (NoSecret, NotInstalled) as error:
        sys.exit(str(error))


def install(url: str, password: str) -> None:
    """Wait for the database of ``url``, which Airflow's own settings name too, migrate it, see to the administrator.

    Raises:
        NotInstalled: the database refuses the user, or does not answer for a minute.
    """
    await_database(url, time.monotonic() + WAIT_SECONDS)
    migrate()
    set_password(password)


def await_database(url: str, deadline: float) -> None:
    """Until the database takes a connection.

    Raises:
        NotInstalled: it refuses the password, or ``deadline`` (monotonic seconds) passed.
    """
    while True:
        try:
            psycopg2.connect(url, connect_timeout=5).close()
            return
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise NotInstalled(REFUSED.format(error=str(error).strip())) from error
            if time.monotonic() > deadline:
                raise NotInstalled(f"Airflow's database does not answer: {str(error).strip()}") from error
        time.sleep(0.5)


def migrate() -> None:
    """Make or upgrade every table, those of the login manager among them."""
    from airflow.utils import db
    from airflow.utils.providers_configuration_loader import providers_configuration_loaded

    providers_configuration_loaded(db.upgradedb)()


def set_password(password: str) -> None:
    """Make ``admin`` where there is none. A password that is right already is left, for a new one ends all sessions."""
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
    from werkzeug.security import check_password_hash

    with get_application_builder() as builder:
        manager = builder.sm
        user = manager.find_user(USER)
        if user is None:
            manager.add_user(USER, "Telar", "Admin", f"{USER}@telar.invalid", manager.find_role(ROLE), password)
        elif not (user.active and check_password_hash(user.password, password)):
            user.active = True
            manager.reset_password(user.id, password)


if __name__ == "__main__":
    main()
