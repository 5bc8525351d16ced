"""What each service must answer to count as up."""

import requests

from services.portal.asking import ask, parsed_object
from services.portal.health import State
from telar.adapters.warehouse import Warehouse
from telar.adapters.warehouse.history import answers
from telar.domain.errors import ServiceUnavailable


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
    """Inference lives by /health; whether it has a model to serve is what /ready says."""
    parsed_object(ask(f"{url}/health", timeout_seconds))
    ready = ask(f"{url}/ready", timeout_seconds)
    if ready.status_code == requests.codes.ok:
        return State.UP, "serving"
    return State.DEGRADED, "alive, but no model is loaded yet: run a DAG in Airflow"


def data_api(url: str, timeout_seconds: float) -> tuple[State, str]:
    """The data API lives when /health answers an object."""
    parsed_object(ask(f"{url}/health", timeout_seconds))
    return State.UP, "hands out batches"


def warehouse(store: Warehouse) -> tuple[State, str]:
    """The warehouse lives when it selects 1 for the portal's role."""
    answers(store)
    return State.UP, f"{store.dialect} answers"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
