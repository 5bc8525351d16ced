"""A warehouse for tests: made once in a session on a server, emptied before each test."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from telar.adapters.warehouse import open_warehouse
from telar.adapters.warehouse.migrate import ensure_tables, migrate
from telar.adapters.warehouse.names import CLEAN, OPS, RAW, Role, names_of
from telar.adapters.warehouse.roles import create_roles, role_url
from telar.adapters.warehouse.tables import metadata
from telar.domain.use_case import UseCase


@dataclass(frozen=True)
class TestDatabase:
    """One warehouse on a server that may hold others; roles have passwords of their own."""

    __test__ = False

    server: SecretStr
    name: str
    passwords: dict[Role, SecretStr]

    @classmethod
    def make(cls, server: SecretStr, passwords: dict[Role, SecretStr] | None = None) -> "TestDatabase":
        """Make databases and roles, and migrate; on MySQL all their names begin with the same random word.

        PostgreSQL's roles are the server's: a second warehouse on it takes the ``passwords`` of the first.
        """
        word = f"t{secrets.token_hex(4)}_"
        mysql = make_url(server.get_secret_value()).get_backend_name() == "mysql"
        made = cls(
            server,
            f"{word}OPS" if mysql else f"{word}batches",
            passwords or {role: SecretStr(f"Pw-{secrets.token_urlsafe(12)}'%") for role in Role},
        )
        create_roles(server, made.passwords, made.name)
        migrate(made.owner_url, ())
        return made

    def url(self, role: Role) -> SecretStr:
        return role_url(self.server, role, self.passwords[role], self.name)

    @property
    def owner_url(self) -> SecretStr:
        return self.url(Role.OWNER)

    @property
    def pipeline_url(self) -> SecretStr:
        return self.url(Role.PIPELINE)

    @property
    def inference_url(self) -> SecretStr:
        return self.url(Role.INFERENCE)

    @property
    def reader_url(self) -> SecretStr:
        return self.url(Role.READER)

    def empty(self, use_cases: Sequence[UseCase]) -> None:
        """Nothing but the empty tables of ``use_cases``."""
        with open_warehouse(self.owner_url) as owner, owner.begin() as connection:
            if owner.dialect == "postgresql":
                self._empty_postgresql(connection)
            else:
                self._empty_mysql(connection)
        with open_warehouse(self.pipeline_url) as pipeline:
            for use_case in use_cases:
                ensure_tables(pipeline, use_case)

    def drop(self) -> None:
        """Leave nothing on the server: it may be somebody's."""
        url = make_url(self.server.get_secret_value())
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text(f'DROP DATABASE "{self.name}" WITH (FORCE)'))
                return
            names = names_of(url.set(database=self.name))
            for schema in (RAW, CLEAN, OPS):
                connection.execute(text(f"DROP DATABASE IF EXISTS `{names.schema(schema)}`"))
            for role in Role:
                connection.execute(text(f"DROP USER IF EXISTS '{names.role(role)}'@'%'"))

    def _empty_postgresql(self, connection: Connection) -> None:
        connection.execute(text(f"SET LOCAL ROLE {Role.PIPELINE}"))
        for schema, name, kind in self._generated(connection, ("raw", "clean")):
            connection.execute(text(f'DROP {kind} IF EXISTS {schema}."{name}" CASCADE'))
        connection.execute(text("RESET ROLE"))
        names = ", ".join(f"ops.{table.name}" for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))

    def _empty_mysql(self, connection: Connection) -> None:
        names = names_of(make_url(self.owner_url.get_secret_value()))
        for schema, name, kind in self._generated(connection, (names.schema(RAW), names.schema(CLEAN))):
            connection.execute(text(f"DROP {kind} IF EXISTS `{schema}`.`{name}`"))
        for table in metadata.sorted_tables:
            connection.execute(text(f"TRUNCATE `{names.schema(OPS)}`.`{table.name}`"))

    def _generated(self, connection: Connection, schemas: tuple[str, str]) -> list[tuple[str, str, str]]:
        """Views before tables."""
        rows = connection.execute(
            text(
                "SELECT table_schema, table_name, table_type FROM information_schema.tables "
                "WHERE table_schema IN (:raw, :clean) ORDER BY table_type DESC"
            ),
            {"raw": schemas[0], "clean": schemas[1]},
        )
        return [(schema, name, "VIEW" if "VIEW" in kind else "TABLE") for schema, name, kind in rows]
