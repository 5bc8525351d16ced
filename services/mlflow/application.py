"""MLflow's application with users, as `mlflow server --app-name basic-auth` builds it, and what Telar changes in it."""

import configparser
import os
import tempfile
from http import HTTPStatus
from importlib import import_module

from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]  # it has no types
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from flask import Flask

from services.mlflow.settings import ADMIN

LOGIN_SECONDS = 60  # how long a password that was right is not computed again


def application(url: str) -> FastAPI:
    """MLflow with users, whose tables lie at ``url``; the process environment says the rest.

    MLflow reads a file of settings once, while it is imported, so the file, which holds a password, is gone afterwards.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".ini", encoding="utf-8") as file:  # mode 600
        auth_settings(url).write(file)
        file.flush()
        os.environ["MLFLOW_AUTH_CONFIG_PATH"] = file.name
        auth = import_module("mlflow.server.auth")
    if auth.auth_config.database_uri != url:
        raise RuntimeError("mlflow.server.auth was imported before its settings were written, so it uses others")
    proxy_everything()
    made: FastAPI = auth.create_app()
    tell_that_objects_are_away(import_module("mlflow.server").app, made)
    return made


def auth_settings(url: str) -> configparser.ConfigParser:
    """MLflow's `basic_auth.ini`: whoever is logged in may read."""
    settings = configparser.ConfigParser(interpolation=None)
    settings["mlflow"] = {
        "default_permission": "READ",
        "database_uri": url.replace("%", "%%"),  # MLflow interpolates what it reads
        "admin_username": ADMIN,
        "authorization_function": "services.mlflow.logins:authenticate",
        "auth_cache_ttl_seconds": str(LOGIN_SECONDS),
    }
    return settings


def proxy_everything() -> None:
    """Tell clients to send and fetch files through this server, small and large.

    MLflow would send them to the object store by itself, which they cannot reach: a download fails after minutes.
    """
    info = import_module("mlflow.server.server_info_api")
    told = info.build_server_info_payload
    direct = dict.fromkeys(("multipart_uploads_enabled", "multipart_downloads_enabled"), False)
    vars(info)["build_server_info_payload"] = lambda: {**told(), **direct}


def tell_that_objects_are_away(flask: Flask, fastapi: FastAPI) -> None:
    """Answer 503 in place of 500, on the routes of both, so that clients know to come again."""
    told = {"error_code": "TEMPORARILY_UNAVAILABLE", "message": "MLflow's object store is away"}

    async def tell(_request: Request, _error: Exception) -> JSONResponse:
        return JSONResponse(told, HTTPStatus.SERVICE_UNAVAILABLE)

    flask.register_error_handler(BotoCoreError, lambda _error: (told, HTTPStatus.SERVICE_UNAVAILABLE))
    fastapi.add_exception_handler(BotoCoreError, tell)
