"""MLflow's users: people look and decide as `admin`, pipelines work as `telar`, inference reads as `telar-reader`."""

from mlflow.server.auth.permissions import MANAGE, RESOURCE_TYPE_EXPERIMENT, RESOURCE_TYPE_REGISTERED_MODEL
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

from services.mlflow.settings import ADMIN, PIPELINES, READER, UserSettings


def ensure_users(store: SqlAlchemyStore, passwords: UserSettings) -> None:
    """Make the users with these passwords; those that are there are set to them.

    `telar` may manage every experiment and registered model, also those that an admin made or renamed, so that neither
    blocks the other. Everybody may read everything, by the server's default.
    """
    _ensure(store, ADMIN, passwords.admin_password.get_secret_value(), is_admin=True)
    _ensure(store, PIPELINES, passwords.password.get_secret_value())
    _ensure(store, READER, passwords.reader_password.get_secret_value())
    for kind in (RESOURCE_TYPE_EXPERIMENT, RESOURCE_TYPE_REGISTERED_MODEL):
        store.grant_user_permission(PIPELINES, kind, "*", MANAGE.name)


def _ensure(store: SqlAlchemyStore, name: str, password: str, is_admin: bool = False) -> None:
    if store.has_user(name):
        store.update_user(name, password=password, is_admin=is_admin)
    else:
        store.create_user(name, password, is_admin=is_admin)
