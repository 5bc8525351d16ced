"""What each service must answer to count as up."""

import requests

from services.portal.asking import ask, parsed_object
from services.portal.feeds import READY
from services.portal.health import State
from telar.adapters.warehouse import Warehouse
from telar.adapters.warehouse.history import answers
from telar.domain.errors import ServiceUnavailable

AWAY = {"database": "the warehouse is away, predictions wait to be recorded", "mlflow": "MLflow is away"}


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


def mlflow(url: str, timeout_seconds: float) -> tuple[State, str]:
    """MLflow says OK and nothing more."""
    response = ask(f"{url}/health", timeout_seconds)
    if response.status_code != requests.codes.ok or response.text.strip() != "OK":
        raise ServiceUnavailable(f"{url}/health answered {response.status_code}, not OK")
    return State.UP, "tracking server answers"


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
    told = parsed_object(ask(f"{url}/health", timeout_seconds))
    late = [f"{name}: {state}" for name, state in (told.get("use_cases") or {}).items() if state != READY]
    broken = [f"{name} cannot be loaded" for name in told.get("broken") or {}]
    if late or broken:
        return State.DEGRADED, "; ".join([*broken, *late])
    return State.UP, f"hands out {_listed(sorted(told['use_cases']))}" if told.get("use_cases") else "answers"


def warehouse(store: Warehouse) -> tuple[State, str]:
    """The warehouse lives when it selects 1 for the portal's role."""
    answers(store)
    return State.UP, f"{store.dialect} answers"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
