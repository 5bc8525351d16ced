"""When a program is ready: it answers as itself, not merely something on its port."""

import time
from collections.abc import Callable, Mapping

import requests

from telar.domain.errors import ConfigurationError
from telar.embedded import databases
from telar.embedded.airflow_api import AirflowApi, AirflowFailed
from telar.embedded.airflow_settings import USER
from telar.embedded.layout import Layout
from telar.embedded.options import LOOPBACK, Options
from telar.embedded.supervisor import Supervisor

_HEALTHY = "healthy"


def probes(layout: Layout, options: Options) -> Mapping[str, Callable[[], bool]]:
    """For each program with a port, the question whether it is ready; False means not yet."""
    place = options.place
    return {
        "postgres": lambda: databases.answers(layout, options),
        "data-api": lambda: _ok(place.data_api_port, "/health"),
        "mlflow": lambda: _ok(place.mlflow_port, "/health"),
        "inference": lambda: _ok(place.inference_port, "/health"),
        "portal": lambda: _ok(place.portal_port, "/_stcore/health"),
        "airflow-api": lambda: _airflow(options, "metadatabase"),
        "airflow-scheduler": lambda: _airflow(options, "scheduler"),
        "airflow-dag-processor": lambda: _airflow(options, "dag_processor"),
    }


def airflow(options: Options) -> AirflowApi:
    """Airflow's API, logged in with the generated password."""
    api = AirflowApi(f"http://{LOOPBACK}:{options.place.airflow_port}", USER, options["TELAR_AIRFLOW_PASSWORD"])
    api.login()
    return api


def await_ready(name: str, ready: Callable[[], bool], supervisor: Supervisor, layout: Layout, seconds: float) -> None:
    """Ask again and again until ``name`` is ready.

    Raises:
        ConfigurationError: the program gave up, or ``seconds`` passed; the message ends with its log.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        state = supervisor.state(name)
        if state == "FATAL" or time.monotonic() > deadline:
            why = "does not stay up" if state == "FATAL" else f"is not ready after {seconds:.0f} s"
            raise ConfigurationError(f"{name} {why}; the end of {layout.log(name)}:\n{log_tail(layout, name)}")
        time.sleep(0.2)


def log_tail(layout: Layout, name: str, lines: int = 25) -> str:
    """The last lines that a program wrote."""
    log = layout.log(name)
    if not log.is_file():
        return "(it wrote nothing)"
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _ok(port: int, path: str) -> bool:
    with requests.Session() as http:
        http.trust_env = False
        try:
            return http.get(f"http://{LOOPBACK}:{port}{path}", timeout=5).status_code == 200
        except requests.RequestException:
            return False


def _airflow(options: Options, part: str) -> bool:
    try:
        return airflow(options).health().get(part) == _HEALTHY
    except (requests.RequestException, AirflowFailed):
        return False
