"""`telar migrate`: bring a warehouse to this version's tables, views and rights, from any state it was left in."""

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Connection

from telar.adapters.warehouse import clean, grants, locks, raw
from telar.adapters.warehouse.connection import Warehouse, open_warehouse
from telar.adapters.warehouse.names import OPS, Role
from telar.domain.errors import NotMigrated
from telar.domain.use_case import UseCase

if TYPE_CHECKING:
    from pandas import DataFrame
else:
    DataFrame = Any

Transform = Callable[[UseCase, DataFrame], DataFrame]
VERSION_TABLE = "telar_revision"


def migrate(owner_url: SecretStr | str, use_cases: Iterable[UseCase], transform: Transform | None = None) -> None:
    """Make or change `ops`, its views and every right, then the tables of each use case. Idempotent; one at a time.

    With ``transform`` (raw rows to clean rows), clean tables of another definition are rebuilt at once; without it,
    they are left to the next run.

    Raises:
        ConfigurationError: the roles are missing; names the script that makes them.
        WarehouseUnavailable: the database does not answer.
    """
    with open_warehouse(owner_url) as warehouse:
        with locks.lock(warehouse, "migrate"), warehouse.begin() as connection:
            _migrate_ops(connection, warehouse)
        role = Role.PIPELINE if warehouse.dialect == "postgresql" else None
        with open_warehouse(owner_url, act_as=role) as pipeline:
            for use_case in use_cases:
                ensure_tables(pipeline, use_case, transform)


def ensure_tables(warehouse: Warehouse, use_case: UseCase, transform: Transform | None = None) -> None:
    """The raw and clean tables and the view of predictions of one use case, as its definition asks."""
    raw.ensure(warehouse, use_case)
    clean.ensure(warehouse, use_case, None if transform is None else lambda frame: transform(use_case, frame))


def check(warehouse: Warehouse) -> None:
    """Raises NotMigrated unless `ops` is of this version of Telar."""
    table = sa.table(VERSION_TABLE, sa.column("version_num"), schema=warehouse.names.schema(OPS))
    with warehouse.begin() as connection:
        found = connection.execute(sa.select(table.c.version_num)).scalar()
    head = _script(_config()).get_current_head()
    if found != head:
        raise NotMigrated(f"the warehouse is at revision {found}, this Telar needs {head}: run `telar migrate`")


def _migrate_ops(connection: Connection, warehouse: Warehouse) -> None:
    grants.require_roles(connection, warehouse.names)
    if warehouse.dialect == "postgresql":
        grants.open_schemas(connection)
    _upgrade(connection, warehouse.names.schema(OPS))
    grants.grant_tables(connection, warehouse.names)


def _upgrade(connection: Connection, ops: str) -> None:
    config = _config()
    config.attributes["ops"] = ops
    script = _script(config)

    steps = functools.partial(_steps, script)
    with EnvironmentContext(config, script, fn=steps, destination_rev="head") as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE, version_table_schema=ops)
        environment.run_migrations()


def _steps(script: ScriptDirectory, revision: tuple[str, ...], _: object) -> list[Any]:
    return script._upgrade_revs("head", revision)  # type: ignore[arg-type]  # Alembic's own commands do the same.


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return config


def _script(config: Config) -> ScriptDirectory:
    return ScriptDirectory.from_config(config)
