"""Databases and roles, made by the server's admin: what `init-scripts/` does in Compose, for everyone else."""

from collections.abc import Mapping

from pydantic import SecretStr
from sqlalchemy import URL, Connection, NullPool, create_engine, make_url, text

from telar.adapters.warehouse.grants import MYSQL_PIPELINE
from telar.adapters.warehouse.names import CLEAN, DATABASE, MYSQL_SCHEMAS, OPS, RAW, Names, Role, names_of


def create_roles(admin_url: SecretStr, passwords: Mapping[Role, SecretStr], database: str = DATABASE) -> None:
    """Make the warehouse's database(s) and its roles with these passwords; what is there is set to them. Idempotent.

    On MySQL ``database`` names the one of `ops` (``OPS`` where it does not end so): its prefix goes to all of them.
    """
    url = make_url(admin_url.get_secret_value())
    if url.get_backend_name() == "mysql":
        ops = database if database.endswith(MYSQL_SCHEMAS[OPS]) else MYSQL_SCHEMAS[OPS]
        with _admin(url.set(database=None)) as connection:
            _create_mysql(connection, names_of(url.set(database=ops)), passwords)
        return
    with _admin(url) as connection:
        _create_postgresql(connection, passwords, database)


def create_database(admin_url: SecretStr, database: str, role: str, password: SecretStr) -> None:
    """Make a database that ``role`` owns (Airflow's, MLflow's); both are left or set so where they exist."""
    url = make_url(admin_url.get_secret_value())
    with _admin(url) as connection:
        if url.get_backend_name() == "mysql":
            _mysql_user(connection, role, password)
            connection.execute(text(f"CREATE DATABASE IF NOT EXISTS `{database}` CHARACTER SET utf8mb4"))
            connection.execute(text(f"GRANT ALL ON `{_escaped(database)}`.* TO '{role}'@'%'"))
            return
        _postgresql_role(connection, role, password)
        _postgresql_database(connection, database, role)


def role_url(admin_url: SecretStr, role: Role, password: SecretStr, database: str = DATABASE) -> SecretStr:
    """The URL by which ``role`` reaches the warehouse that ``create_roles`` made with the same arguments."""
    url = make_url(admin_url.get_secret_value())
    if url.get_backend_name() == "mysql" and not database.endswith(MYSQL_SCHEMAS[OPS]):
        database = MYSQL_SCHEMAS[OPS]
    url = url.set(database=database)
    url = url.set(username=names_of(url).role(role), password=password.get_secret_value())
    return SecretStr(url.render_as_string(hide_password=False))


def _admin(url: URL) -> Connection:
    return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect()


def _create_postgresql(connection: Connection, passwords: Mapping[Role, SecretStr], database: str) -> None:
    for role in Role:
        _postgresql_role(connection, role.value, passwords[role])
    owner, pipeline = Role.OWNER.value, Role.PIPELINE.value
    connection.execute(text(f"GRANT {pipeline} TO {owner}"))
    _postgresql_database(connection, database, owner)
    name = connection.dialect.identifier_preparer.quote(database)
    for role in Role:
        connection.execute(text(f"GRANT CONNECT ON DATABASE {name} TO {role}"))
        connection.execute(text(f"ALTER ROLE {role} IN DATABASE {name} SET search_path = raw, clean, ops"))


def _postgresql_role(connection: Connection, role: str, password: SecretStr) -> None:
    quoted = connection.dialect.identifier_preparer.quote(role)
    if not connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar():
        connection.execute(text(f"CREATE ROLE {quoted} LOGIN"))
    connection.execute(text(f"ALTER ROLE {quoted} LOGIN PASSWORD :password"), {"password": password.get_secret_value()})


def _postgresql_database(connection: Connection, database: str, owner: str) -> None:
    quote = connection.dialect.identifier_preparer.quote
    if not connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": database}).scalar():
        connection.execute(text(f"CREATE DATABASE {quote(database)} OWNER {quote(owner)} TEMPLATE template0"))
    connection.execute(text(f"REVOKE ALL ON DATABASE {quote(database)} FROM PUBLIC"))


def _create_mysql(connection: Connection, names: Names, passwords: Mapping[Role, SecretStr]) -> None:
    for role in Role:
        _mysql_user(connection, names.role(role), passwords[role])
    for schema in (RAW, CLEAN, OPS):
        database = names.schema(schema)
        connection.execute(
            text(f"CREATE DATABASE IF NOT EXISTS `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin")
        )
        where = f"`{_escaped(database)}`.*"
        connection.execute(text(f"GRANT ALL ON {where} TO '{names.role(Role.OWNER)}'@'%' WITH GRANT OPTION"))
        if schema != OPS:
            connection.execute(text(f"GRANT {MYSQL_PIPELINE} ON {where} TO '{names.role(Role.PIPELINE)}'@'%'"))
            connection.execute(text(f"GRANT SELECT, SHOW VIEW ON {where} TO '{names.role(Role.READER)}'@'%'"))


def _mysql_user(connection: Connection, user: str, password: SecretStr) -> None:
    secret = {"password": password.get_secret_value()}
    connection.execute(text(f"CREATE USER IF NOT EXISTS '{user}'@'%' IDENTIFIED BY :password"), secret)
    connection.execute(text(f"ALTER USER '{user}'@'%' IDENTIFIED BY :password"), secret)


def _escaped(database: str) -> str:
    """In a grant on a whole database, `_` would stand for any character."""
    return database.replace("_", r"\_")
