"""What each service must answer to count as up."""

import socket
import time
from urllib.parse import urlsplit

import requests

from services.portal.asking import ask, parsed, parsed_object
from services.portal.feeds import IDLE, READY, is_foreign
from services.portal.health import State
from telar.adapters.warehouse import Warehouse
from telar.adapters.warehouse.history import answers
from telar.domain.errors import ServiceUnavailable
from telar.settings import MlflowSettings

AWAY = {"database": "the warehouse is away, predictions wait to be recorded", "mlflow": "MLflow is away"}
_REFUSED = {requests.codes.unauthorized, requests.codes.forbidden}
_NOTHING = "telar-health"  # a folder that nobody makes: listing it costs the object store next to nothing


def airflow(url: str, timeout_seconds: float) -> tuple[State, str]:
    """Airflow answers 200 even when its parts are dead, so its parts are read; a part without a status is not run."""
    told = parsed_object(ask(f"{url}/api/v2/monitor/health", timeout_seconds))
    parts = {name: part.get("status") for name, part in told.items() if isinstance(part, dict)}
    if "scheduler" not in parts or "metadatabase" not in parts:
        raise ServiceUnavailable(f"what answers at {url} is not Airflow")
    ill = [name.replace("_", " ") for name, status in parts.items() if status not in (None, "healthy")]
    if ill:
        return State.DEGRADED, f"{_listed(ill)} not healthy"
    well = [name.replace("_", " ") for name, status in parts.items() if status == "healthy"]
    return State.UP, f"{_listed(well)} healthy"


def mlflow(settings: MlflowSettings, timeout_seconds: float) -> tuple[State, str]:
    """MLflow's own /health says OK without its database, so its registry is asked, and then its object store."""
    deadline = time.monotonic() + timeout_seconds
    registry = _asked_mlflow(settings, "mlflow/registered-models/search?max_results=1", timeout_seconds)
    if registry.status_code in _REFUSED:
        return State.DEGRADED, "it refuses the portal's login: set TELAR_MLFLOW_USERNAME and TELAR_MLFLOW_PASSWORD"
    if registry.status_code >= requests.codes.server_error:
        raise ServiceUnavailable(f"it answers {registry.status_code}: {_told(registry)}")
    parsed_object(registry)
    try:
        left = max(deadline - time.monotonic(), 0.1)
        files = _asked_mlflow(settings, f"mlflow-artifacts/artifacts?path={_NOTHING}", left)
    except ServiceUnavailable:
        return State.DEGRADED, "the registry answers, its object store does not"
    if files.status_code >= requests.codes.server_error:
        return State.DEGRADED, f"the registry answers, its object store does not ({files.status_code})"
    return State.UP, "registry and object store answer"


def inference(url: str, timeout_seconds: float) -> tuple[State, str]:
    """Inference answers 200 as long as it lives; its parts say whether it serves, records and follows MLflow."""
    parts = parsed_object(ask(f"{url}/health", timeout_seconds)).get("parts")
    if not isinstance(parts, dict) or "models" not in parts:
        raise ServiceUnavailable(f"what answers at {url} is not the inference API")
    away = [AWAY[name] for name in AWAY if parts.get(name, {}).get("status") == "away"]
    models = parts["models"]
    if models.get("failed"):
        away.append(f"the promoted version of {_listed(models['failed'])} could not be loaded")
    serving = [f"{name} version {version}" for name, version in models.get("serving", {}).items()]
    if not serving:
        away.insert(0, "no model is loaded yet: run a DAG in Airflow")
    if away:
        return State.DEGRADED, "; ".join(away)
    return State.UP, f"serves {_listed(serving)}"


def data_api(url: str, timeout_seconds: float) -> tuple[State, str]:
    """The data API lives when /health answers; it says itself which rows are not there yet, and what is broken."""
    answer = ask(f"{url}/health", timeout_seconds)
    if is_foreign(answer):
        return State.UP, "answers; it is not Telar's own, so it does not tell what it hands out"
    told = parsed_object(answer)
    late = [f"{name}: {state}" for name, state in (told.get("use_cases") or {}).items() if state not in (READY, IDLE)]
    broken = [f"{name} cannot be loaded" for name in told.get("broken") or {}]
    if late or broken:
        return State.DEGRADED, "; ".join([*broken, *late])
    return State.UP, f"hands out {_listed(sorted(told['use_cases']))}" if told.get("use_cases") else "answers"


def minio(url: str, timeout_seconds: float) -> tuple[State, str]:
    """The object store is ready when it says so."""
    response = ask(f"{url}/minio/health/ready", timeout_seconds)
    if response.status_code != requests.codes.ok:
        raise ServiceUnavailable(f"{response.url} answered {response.status_code} {response.reason}")
    return State.UP, "ready to read and write"


def adminer(url: str, timeout_seconds: float) -> tuple[State, str]:
    """Adminer shows its login; the name of a container that was not started is unknown."""
    if not _is_known(url):
        return State.OFF, "it comes with COMPOSE_PROFILES=tools in .env"
    response = ask(url, timeout_seconds)
    if response.status_code != requests.codes.ok or "adminer" not in response.text.lower():
        raise ServiceUnavailable(f"what answers at {url} ({response.status_code}) is not Adminer")
    return State.UP, "shows its login"


def notebook(url: str, timeout_seconds: float) -> tuple[State, str]:
    """JupyterLab tells its version, and that it wants a token."""
    if not _is_known(url):
        return State.OFF, "it comes with COMPOSE_PROFILES=notebook in .env"
    told = parsed_object(ask(f"{url}/api", timeout_seconds))
    if not isinstance(told.get("version"), str):
        raise ServiceUnavailable(f"what answers at {url} is not JupyterLab")
    return State.UP, "asks for its token: TELAR_NOTEBOOK_TOKEN in .env"


def warehouse(store: Warehouse) -> tuple[State, str]:
    """The warehouse lives when it selects 1 for the portal's role."""
    answers(store)
    return State.UP, f"{store.dialect} answers"


def _is_known(url: str) -> bool:
    try:
        socket.getaddrinfo(urlsplit(url).hostname, None)
    except socket.gaierror:
        return False
    return True


def _asked_mlflow(settings: MlflowSettings, question: str, timeout_seconds: float) -> requests.Response:
    login = None
    if settings.username and settings.password:
        login = (settings.username, settings.password.get_secret_value())
    return ask(f"{settings.url.rstrip('/')}/api/2.0/{question}", timeout_seconds, login=login)


def _told(response: requests.Response) -> str:
    """What MLflow says of an error."""
    try:
        found = parsed(response)
    except ServiceUnavailable:
        found = None
    return str(found.get("message")) if isinstance(found, dict) else response.reason


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
