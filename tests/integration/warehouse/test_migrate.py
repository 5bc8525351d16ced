"""`telar migrate` can be run at any time, again, and by several at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from telar.adapters.warehouse import Warehouse, clean, open_warehouse
from telar.adapters.warehouse.migrate import VERSION_TABLE, check, migrate
from telar.adapters.warehouse.tables import metadata
from telar.domain.errors import ConfigurationError, NotMigrated
from tests.integration.warehouse.making import FEED, cleaned, stored
from tests.integration.warehouse.test_clean import prepared, wider
from tests.support.databases import TestDatabase
from tests.support.tiny import TINY


def shape(database: TestDatabase) -> dict[str, object]:
    """Every table and view with its columns."""
    with open_warehouse(database.owner_url) as owner, owner.begin() as connection:
        inspector = sa.inspect(connection)
        return {
            f"{schema}.{name}": [(each["name"], str(each["type"])) for each in inspector.get_columns(name, real)]
            for schema, real in owner.names.translation.items()
            for name in (*inspector.get_table_names(real), *inspector.get_view_names(real))
        }


def test_a_second_migration_changes_nothing(database: TestDatabase, warehouse: Warehouse) -> None:
    batch_id = prepared(warehouse, 1)
    before = shape(database)

    migrate(database.owner_url, [TINY], lambda use_case, frame: cleaned(frame, use_case))

    assert shape(database) == before
    assert clean.read(warehouse, TINY)["_batch_id"].tolist() == [batch_id] * 3
    check(warehouse)


def test_several_migrations_at_once_are_one(test_database: TestDatabase) -> None:
    fresh = TestDatabase.make(test_database.server, test_database.passwords)
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(migrate, fresh.owner_url, [TINY]) for _ in range(4)]
    for job in jobs:
        job.result()

    assert {"raw.tiny", "clean.tiny", "clean.new_tiny", "ops.batches", "ops.batch_status"} <= set(shape(fresh))
    fresh.drop()


def test_what_migrate_makes_for_a_use_case_belongs_to_the_pipeline(test_database: TestDatabase) -> None:
    fresh = TestDatabase.make(test_database.server, test_database.passwords)
    migrate(fresh.owner_url, [TINY])

    with open_warehouse(fresh.pipeline_url) as pipeline:
        stored(pipeline, 1)
        migrate(fresh.owner_url, [wider()], lambda use_case, frame: cleaned(frame, use_case))
        assert clean.digest_of(pipeline, wider()) == wider().digest
        clean.ensure(pipeline, TINY, cleaned)
    fresh.drop()


def test_the_tables_in_code_are_those_of_the_revisions(database: TestDatabase) -> None:
    with open_warehouse(database.owner_url) as owner, owner.begin() as connection:
        ops = owner.names.schema("ops") if owner.dialect == "postgresql" else None
        here = sa.MetaData(schema=ops)
        for table in metadata.sorted_tables:
            table.to_metadata(here, schema=ops)  # type: ignore[arg-type]  # None is the default database of MySQL.
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": ops is not None,
                "include_name": lambda name, kind, _: kind != "schema" or name == ops,
                "include_object": lambda _, name, *__: name != VERSION_TABLE,
                "version_table": VERSION_TABLE,
                "version_table_schema": ops,
            },
        )
        assert compare_metadata(context, here) == []


def test_a_warehouse_without_tables_says_that_migrate_is_missing(test_database: TestDatabase) -> None:
    from telar.adapters.warehouse import windows
    from telar.adapters.warehouse.roles import create_roles

    name = test_database.name.replace("t", "u", 1)
    empty = TestDatabase(test_database.server, name, test_database.passwords)
    if "OPS" in name:
        create_roles(empty.server, empty.passwords, empty.name)
    else:
        make_database(empty)
    with open_warehouse(empty.owner_url) as owner:
        with pytest.raises(NotMigrated, match="telar migrate"):
            check(owner)
        with pytest.raises(NotMigrated, match="telar migrate"):
            windows.current_cycle(owner, *FEED)
    empty.drop()


def make_database(empty: TestDatabase) -> None:
    """Another database of the same roles: PostgreSQL's roles are the server's."""
    engine = sa.create_engine(empty.server.get_secret_value(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{empty.name}" OWNER telar'))


@pytest.mark.engines("postgresql")
def test_a_server_without_the_roles_names_the_script_that_makes_them(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    from tests.support.servers import running_postgres

    with (
        running_postgres(tmp_path_factory.mktemp("bare")) as admin,
        pytest.raises(ConfigurationError, match=r"init-scripts/postgresql/warehouse\.sh"),
    ):
        migrate(admin, [])
