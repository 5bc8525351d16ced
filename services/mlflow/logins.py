"""Who may ask MLflow's server: its users by password, of whom `telar-reader` may only read.

MLflow calls `authenticate` (its setting `authorization_function`) for every request, before it looks at permissions.
"""

from http import HTTPStatus

from flask import Response, jsonify, make_response, request
from mlflow.exceptions import MlflowException
from mlflow.server import auth
from werkzeug.datastructures import Authorization

from services.mlflow.settings import READER

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def authenticate() -> Authorization | Response:
    """The login of the request, or the answer that refuses it.

    MLflow alone would answer 401 to some requests while its database is away, which tells a client to give up, and
    would let every user make experiments and models of its own, the reader too.
    """
    login = request.authorization
    if login is None:
        return auth.make_basic_auth_response()
    try:
        found = auth.authenticate_request_basic_auth()
        auth.store.has_user(str(login.username))  # asks the database also for a login that was right just now
    except MlflowException:
        return _refused(HTTPStatus.SERVICE_UNAVAILABLE, "TEMPORARILY_UNAVAILABLE", "MLflow's database is away")
    if login.username == READER and request.method not in SAFE_METHODS:
        return _refused(HTTPStatus.FORBIDDEN, "PERMISSION_DENIED", f"{READER} may only read")
    return found


def _refused(status: HTTPStatus, code: str, message: str) -> Response:
    return make_response(jsonify(error_code=code, message=message), status)
