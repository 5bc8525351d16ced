"""The programs of the platform: for each its command, its own environment and the port that it listens on."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from telar.credentials import write_private
from telar.embedded import airflow_settings, databases
from telar.embedded.layout import Layout
from telar.embedded.options import LOOPBACK, Options
from telar.embedded.postgres import foreground

_FOREIGN = ("TELAR_", "AIRFLOW", "MLFLOW", "_MLFLOW", "PYTHON", "VIRTUAL_ENV", "STREAMLIT", "PG")


@dataclass(frozen=True)
class Program:
    """One process under the supervisor; ``variable`` names the setting of its port."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    port: int | None = None
    variable: str | None = None
    page: str | None = None

    @property
    def url(self) -> str | None:
        return f"http://{LOOPBACK}:{self.port}" if self.page is not None else None


def programs(layout: Layout, options: Options) -> tuple[Program, ...]:
    """Every program, the database first."""
    return (_postgres(layout, options), *_services(layout, options), *_airflow(layout, options))


def write(layout: Layout, table: tuple[Program, ...]) -> None:
    """Write commands and environments where `launch` finds them; they hold passwords."""
    entries = {one.name: {"command": one.command, "environment": dict(one.environment)} for one in table}
    write_private(layout.programs, json.dumps(entries, indent=1))


def base_environment(layout: Layout, options: Options) -> dict[str, str]:
    """The machine's environment without what would lead a program astray, and the settings that all may see."""
    machine = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    loopback = f"{LOOPBACK},localhost"
    around = machine.get("NO_PROXY") or machine.get("no_proxy")
    no_proxy = f"{around},{loopback}" if around else loopback
    return {
        **machine,
        **options.public,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "PYTHONUNBUFFERED": "1",
        "XDG_CACHE_HOME": str(layout.home / "cache"),
        "MPLCONFIGDIR": str(layout.home / "cache" / "matplotlib"),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime tells Microsoft about models by default, with an id of the machine
        "TELAR_MLFLOW_URL": _at(options.place.mlflow_port),
        "TELAR_SOURCE_URL": options.values.get("TELAR_SOURCE_URL") or _at(options.place.data_api_port),
        "TELAR_INFERENCE_URL": _at(options.place.inference_port),
    }


def _at(port: int) -> str:
    return f"http://{LOOPBACK}:{port}"


def _postgres(layout: Layout, options: Options) -> Program:
    port = options.place.postgres_port
    command = tuple(foreground(databases.server(layout, options)))
    return Program("postgres", command, base_environment(layout, options), port, "TELAR_POSTGRES_PORT")


def _services(layout: Layout, options: Options) -> tuple[Program, ...]:
    place, base = options.place, base_environment(layout, options)
    mlflow = {
        "MLFLOW_BACKEND_STORE_URI": databases.url(options, "mlflow"),
        "MLFLOW_ARTIFACTS_DESTINATION": str(layout.mlflow / "artifacts"),
    }
    inference = {"TELAR_WAREHOUSE_URL": databases.url(options, "inference"), **_reload_key(options)}
    portal = {"TELAR_WAREHOUSE_URL": databases.url(options, "reader"), **_reload_key(options), **_STREAMLIT}
    serve_mlflow = (sys.executable, "-m", "services.mlflow.start", LOOPBACK, str(place.mlflow_port))
    return (
        _listening("data-api", _web("data_api", place.data_api_port), base, place.data_api_port),
        _listening("mlflow", serve_mlflow, {**base, **mlflow}, place.mlflow_port),
        _listening("inference", _web("inference", place.inference_port), {**base, **inference}, place.inference_port),
        _listening("portal", _streamlit(place.portal_port), {**base, **portal}, place.portal_port),
    )


def _listening(name: str, command: tuple[str, ...], environment: Mapping[str, str], port: int) -> Program:
    variable = f"TELAR_{name.upper().replace('-', '_')}_PORT"
    return Program(name, command, environment, port, variable, "/docs" if name == "inference" else "/")


def _airflow(layout: Layout, options: Options) -> tuple[Program, ...]:
    port = options.place.airflow_port
    environment = {**base_environment(layout, options), **airflow_settings.environment(layout, options)}
    api = (sys.executable, "-m", "airflow", "api-server", "--host", LOOPBACK, "--port", str(port), "--workers", "1")
    return (
        Program("airflow-api", api, environment, port, "TELAR_AIRFLOW_PORT", "/"),
        Program("airflow-scheduler", (sys.executable, "-m", "services.airflow.scheduler"), environment),
        Program("airflow-dag-processor", (sys.executable, "-m", "airflow", "dag-processor"), environment),
    )


_STREAMLIT = {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false", "STREAMLIT_SERVER_HEADLESS": "true"}


def _reload_key(options: Options) -> dict[str, str]:
    return {"TELAR_INFERENCE_RELOAD_KEY": options["TELAR_INFERENCE_RELOAD_KEY"]}


def _web(service: str, port: int) -> tuple[str, ...]:
    module = f"services.{service}.main:app"
    return (sys.executable, "-m", "uvicorn", module, "--host", LOOPBACK, "--port", str(port))


def _streamlit(port: int) -> tuple[str, ...]:
    place = ("--server.address", LOOPBACK, "--server.port", str(port), "--server.fileWatcherType", "none")
    return (sys.executable, "-m", "streamlit", "run", "services/portal/app.py", *place)
