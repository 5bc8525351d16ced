"""The databases of the platform in its one PostgreSQL, and their roles."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr
from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.exc import OperationalError

from telar.adapters.warehouse.names import DATABASE, Role
from telar.adapters.warehouse.roles import create_database, create_roles
from telar.domain.errors import WarehouseUnavailable
from telar.embedded.layout import Layout
from telar.embedded.options import LOOPBACK, Options
from telar.embedded.postgres import ADMIN, Postgres, ask

_USERS = {
    "admin": (ADMIN, "postgres"),
    "owner": (Role.OWNER, DATABASE),
    "pipeline": (Role.PIPELINE, DATABASE),
    "inference": (Role.INFERENCE, DATABASE),
    "reader": (Role.READER, DATABASE),
    "airflow": ("airflow", "airflow"),
    "mlflow": ("mlflow", "mlflow"),
}
_OWN = ("airflow", "mlflow")
_WAREHOUSE_ROLES = ("owner", "pipeline", "inference", "reader")


def url(options: Options, role: str) -> str:
    """SQLAlchemy's URL of a role: admin, owner, pipeline, inference, reader, airflow or mlflow."""
    user, database = _USERS[role]
    port = options.place.postgres_port
    secret = _password(options, role).get_secret_value()
    made = URL.create("postgresql+psycopg2", user, secret, LOOPBACK, port, database)
    return made.render_as_string(hide_password=False)


def server(layout: Layout, options: Options) -> Postgres:
    """The one PostgreSQL of the platform."""
    return Postgres(layout.postgres, options.place.postgres_port, _password(options, "admin"))


def answers(layout: Layout, options: Options) -> bool:
    """Whether PostgreSQL lets the generated administrator in; another server would not.

    Raises:
        WarehouseUnavailable: it refuses the password.
    """
    try:
        ask(server(layout, options), "SELECT 1")
    except OperationalError as error:
        if "password authentication failed" in str(error):
            raise WarehouseUnavailable(
                f"the PostgreSQL on port {options.place.postgres_port} refuses the password in .telar/env: it is"
                " another server (set TELAR_POSTGRES_PORT), or .telar/env was replaced (put the old one back)"
            ) from error
        return False
    return True


def create(layout: Layout, options: Options) -> None:
    """Create what is missing: a database and a role each for Airflow and MLflow, the warehouse and its roles."""
    admin = server(layout, options).url()
    for role in _OWN:
        create_database(admin, role, role, _password(options, role))
    create_roles(admin, {Role(_USERS[role][0]): _password(options, role) for role in _WAREHOUSE_ROLES})


@contextmanager
def connected(options: Options, role: str) -> Iterator[Connection]:
    """A connection of a role, every statement its own transaction."""
    engine = create_engine(url(options, role), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _password(options: Options, role: str) -> SecretStr:
    return SecretStr(options[f"TELAR_DB_{role.upper()}_PASSWORD"])
