"""MLflow's two migrations on MySQL, which it does not do by itself: its tables, and those of its users."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, NullPool, create_engine, event, inspect, text

MARKER = "alembic_telar_unfinished"  # MLflow takes a database for empty whose tables are called alembic_...


def migrate(url: str) -> None:
    """Make or upgrade every table; both sets lie in one database, each with a version of its own."""
    from mlflow.cli import cli  # late, since it takes seconds
    from mlflow.server.auth.db.utils import migrate as migrate_users

    engine = create_engine(url, poolclass=NullPool)
    with _from_the_start(engine), _without_names_of_foreign_keys():
        cli(["db", "upgrade", url], standalone_mode=False)
        # Not by the store's `init_db`: its second connection would wait for ever for a lock of the first.
        migrate_users(engine, "head")


@contextmanager
def _from_the_start(engine: Engine) -> Iterator[None]:
    """A first migration that was killed half-way begins anew: MySQL commits each statement, and none could go on.

    An empty database is marked until the migration is done; one that was ever migrated whole is never emptied.
    PostgreSQL undoes a killed migration by itself.
    """
    if engine.dialect.name == "mysql" and inspect(engine).has_table(MARKER):
        _empty(engine)
    if engine.dialect.name != "mysql" or inspect(engine).get_table_names():
        yield
        return
    _run(engine, f"CREATE TABLE {MARKER} (id INTEGER PRIMARY KEY)")
    yield
    _run(engine, f"DROP TABLE {MARKER}")


@contextmanager
def _without_names_of_foreign_keys() -> Iterator[None]:
    """MLflow names two foreign keys of the users' tables alike, which MySQL refuses (mlflow issue 9642)."""

    def unnamed(_c: object, _k: object, statement: str, given: object, _x: object, _m: object) -> tuple[str, object]:
        return statement.replace("CONSTRAINT fk_user_id FOREIGN KEY", "FOREIGN KEY"), given

    event.listen(Engine, "before_cursor_execute", unnamed, retval=True)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", unnamed)


def _empty(engine: Engine) -> None:
    """Drop every table, the marker last, so that a kill in here is no end either."""
    tables = sorted(inspect(engine).get_table_names(), key=lambda name: name == MARKER)
    quote = engine.dialect.identifier_preparer.quote
    _run(engine, "SET FOREIGN_KEY_CHECKS = 0", *(f"DROP TABLE {quote(name)}" for name in tables))


def _run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
