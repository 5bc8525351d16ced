"""The routes that tell what is served and how well every part is, and the one that reloads."""

from datetime import datetime
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Security
from starlette.responses import Response

from services.inference.models import LoadFailure
from services.inference.parts import Parts
from services.inference.served import Served
from telar.domain.errors import NoModel
from telar.web.answers import json_answer
from telar.web.keys import check_key, key_header

KEY_VARIABLE = "TELAR_INFERENCE_RELOAD_KEY"

router = APIRouter()


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(_parts)]
KeyDep = Annotated[str | None, Security(key_header)]


@router.get("/health", tags=["service"], summary="How every part is; 200 as long as the service answers")
async def health(parts: PartsDep) -> Response:
    database, mlflow = parts.recorder.state, parts.watcher.state
    failed = sorted(parts.models.failures)
    serving = {name: served.version for name, served in parts.models.served.items()}
    models = {"status": "failing" if failed else "ok" if serving else "none", "serving": serving, "failed": failed}
    told = {
        "database": _part(database.available, database.detail, database.checked_at),
        "mlflow": _part(mlflow.available, mlflow.detail, mlflow.checked_at),
        "models": models,
    }
    well = all(part["status"] == "ok" for part in told.values())
    return json_answer({"status": "ok" if well else "degraded", "parts": told})


@router.get("/ready", tags=["service"], summary="200 when a model is served, else 503")
async def ready(parts: PartsDep) -> Response:
    if not parts.models.served:
        if parts.models.default:
            parts.models.require(parts.models.default)
        raise NoModel("no model is in production yet: run the DAG of a use case in Airflow")
    return json_answer({"status": "ready", "models": {n: s.version for n, s in parts.models.served.items()}})


@router.get("/models", tags=["models"], summary="Every model, served or not, and what could not be loaded")
async def models(parts: PartsDep) -> Response:
    return json_answer([_line(parts, name) for name in parts.models.names])


@router.get("/models/{name}", tags=["models"], summary="The served version: its contract and its metrics")
async def model(parts: PartsDep, name: str) -> Response:
    served = parts.models.require(name)
    manifest = served.manifest
    about = {
        "contract": served.contract.model_dump(mode="json"),
        "metrics": manifest.metrics,
        "tags": manifest.tags,
        "parity": served.parity.model_dump(),
        "run_id": manifest.run_id,
    }
    return json_answer({**_line(parts, name), **about})


@router.post("/models/{name}/reload", tags=["models"], summary="Check the alias now and serve what it names")
async def reload(parts: PartsDep, name: str, key: KeyDep) -> Response:
    check_key(key, parts.reload_key, KEY_VARIABLE)
    return json_answer(await to_thread.run_sync(parts.watcher.reload, name))


def _part(available: bool | None, detail: str, checked_at: datetime | None) -> dict[str, Any]:
    status = "unknown" if available is None else "ok" if available else "away"
    return {"status": status, "detail": detail, "checked_at": checked_at}


def _line(parts: Parts, name: str) -> dict[str, Any]:
    served, failure = parts.models.served.get(name), parts.models.failures.get(name)
    return {
        "name": name,
        "status": "serving" if served else "failing" if failure else "none",
        "default": name == parts.models.default,
        **_version(served),
        "failure": _failure(failure),
    }


def _version(served: Served | None) -> dict[str, Any]:
    if served is None:
        return {"version": None, "title": None, "task": None, "loaded_at": None}
    contract = served.contract
    return {"version": served.version, "title": contract.title, "task": contract.task, "loaded_at": served.loaded_at}


def _failure(failure: LoadFailure | None) -> dict[str, Any] | None:
    if failure is None:
        return None
    return {
        "version": failure.wanted.version,
        "reason": failure.error,
        "at": failure.failed_at,
        "attempts": failure.attempts,
        "retry_at": failure.retry_at,
    }
