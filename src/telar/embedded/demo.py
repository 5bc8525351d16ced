"""The demo: two batches through the real DAG to a promoted model, and a prediction from the inference API."""

import json
import time
from pathlib import Path
from typing import Any, cast

import requests
import typer
from sqlalchemy import text

from telar.domain.errors import ServiceError
from telar.embedded import databases, platform, readiness
from telar.embedded.airflow_api import AirflowApi, AirflowFailed, await_run
from telar.embedded.airflow_settings import USER
from telar.embedded.options import LOOPBACK
from telar.embedded.platform import Platform
from telar.embedded.rows import await_rows
from telar.progress import Progress
from telar.use_cases import discover

BATCHES = 2
RUNS = 6
SECONDS = 900.0


class DemoFailed(ServiceError):
    """The platform runs, but no prediction came of it."""


def run(here: Platform, name: str, progress: Progress) -> None:
    """Start, feed the use case ``name``, ask and tell; the platform goes on running.

    Raises:
        ConfigurationError: nobody knows that use case, or the platform could not be started.
        NoRows, DemoFailed, AirflowFailed: it runs, but no batch, model or prediction came; the message holds the cause.
    """
    discover(Path(here.options["TELAR_USE_CASES"])).get(name)
    platform.up(here, progress)
    with progress.step(f"the data API has the rows of {name}"):
        await_rows(here.options, name)
    deadline = time.monotonic() + SECONDS
    _take_batches(here, name, progress, deadline)
    with progress.step("the inference API serves the promoted model"):
        _reload(here, name)
        model = _await_model(here, name, deadline)
    answer = _predict(here, model)
    progress.say("first prediction")
    typer.echo(_told(here, model, answer))


def _take_batches(here: Platform, name: str, progress: Progress, deadline: float) -> None:
    api = readiness.airflow(here.options)
    _await_dag(api, name, progress, deadline)
    for number in range(1, RUNS + 1):
        if stored_batches(here, name) >= BATCHES and _model(here, name) is not None:
            return
        with progress.step(f"DAG run {number} of {name}"):
            await_run(api, name, api.trigger(name, "make demo"), deadline)
    if (stored := stored_batches(here, name)) < BATCHES:
        raise DemoFailed(f"{RUNS} runs of {name} succeeded, but {stored} batches are stored, not {BATCHES}")


def _await_dag(api: AirflowApi, name: str, progress: Progress, deadline: float) -> None:
    with progress.step(f"Airflow has read the DAG {name}"):
        while not api.knows(name):
            if errors := api.import_errors():
                file, trace = next(iter(errors.items()))
                raise AirflowFailed(f"Airflow cannot read {file}:\n{trace}")
            if time.monotonic() > deadline:
                raise AirflowFailed(f"Airflow has not found a DAG {name}; see make logs service=airflow-dag-processor")
            time.sleep(0.3)
        api.unpause(name)


def stored_batches(here: Platform, name: str) -> int:
    """How many batches to learn from the warehouse holds (held-out parts have a feed of their own, ``KIND/PART``)."""
    stored = "SELECT count(*) FROM ops.batches WHERE use_case = :name AND total_records > 0"
    question = text(f"{stored} AND source NOT LIKE '%/%'")
    with databases.connected(here.options, "reader") as connection:
        return int(connection.execute(question, {"name": name}).scalar_one())


def _await_model(here: Platform, name: str, deadline: float) -> dict[str, Any]:
    while (model := _model(here, name)) is None:
        if time.monotonic() > deadline:
            raise DemoFailed("no model was promoted, or inference does not load it; see make logs service=inference")
        time.sleep(0.3)
    return model


def _reload(here: Platform, name: str) -> None:
    """Inference looks at the alias now, so that the demo's answer is the newest promotion's."""
    answer = _ask(here, "POST", f"/models/{name}/reload", key=here.options["TELAR_INFERENCE_RELOAD_KEY"])
    if answer.status_code != 200:
        raise DemoFailed(f"inference does not load the promoted model: {answer.status_code} {answer.text[:500]}")


def _model(here: Platform, name: str) -> dict[str, Any] | None:
    """The model that inference serves for a use case; None while there is none."""
    try:
        answer = _ask(here, "GET", f"/models/{name}")
    except DemoFailed:  # started again by the supervisor, it answers soon; the caller has a deadline
        return None
    return cast(dict[str, Any], answer.json()) if answer.status_code == 200 else None


def _predict(here: Platform, model: dict[str, Any]) -> dict[str, Any]:
    answer = _ask(here, "POST", f"/models/{model['name']}/predict", model["contract"]["example"])
    if answer.status_code != 200:
        raise DemoFailed(f"the inference API answered {answer.status_code} to its own example: {answer.text[:500]}")
    return cast(dict[str, Any], answer.json())


def _ask(here: Platform, method: str, path: str, body: object = None, key: str = "") -> requests.Response:
    with requests.Session() as http:
        http.trust_env = False
        url = f"http://{LOOPBACK}:{here.options.place.inference_port}{path}"
        try:
            return http.request(method, url, json=body, headers={"X-API-Key": key}, timeout=30)
        except requests.RequestException as error:
            raise DemoFailed(f"the inference API does not answer at {url}; see make logs service=inference") from error


def _told(here: Platform, model: dict[str, Any], answer: dict[str, Any]) -> str:
    rows = [
        "",
        f"Asked:      {json.dumps(model['contract']['example'])}",
        f"Answered:   {json.dumps(answer)}",
        f"Model:      {model['name']} version {model['version']}, trained on {provenance(here, str(model['name']))}",
        "",
        *(f"{name:<12}{url}" for name, url in here.urls.items()),
        "",
        f"Airflow's login: {USER} / {here.options['TELAR_AIRFLOW_PASSWORD']}",
        "All passwords: .telar/env.  make status, make logs, make stop",
    ]
    return "\n".join(rows)


def provenance(here: Platform, name: str) -> str:
    """Where the stored rows come from, in words: nobody may take generated rows for real ones."""
    question = text("SELECT DISTINCT provenance, origin FROM ops.batches WHERE use_case = :name AND total_records > 0")
    with databases.connected(here.options, "reader") as connection:
        found = connection.execute(question, {"name": name}).all()
    return " and ".join(f"{kind} rows ({origin})" for kind, origin in found)
