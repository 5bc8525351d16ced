"""Airflow by environment: loopback only, one worker of each kind, generated passwords, quick gaps between tasks."""

import json
from pathlib import Path

from telar.credentials import write_private
from telar.embedded import databases
from telar.embedded.layout import Layout
from telar.embedded.options import LOOPBACK, Options

USER = "admin"


def environment(layout: Layout, options: Options) -> dict[str, str]:
    """Everything that Airflow's processes and tasks are told; the warehouse's URL among it is the pipeline's."""
    base = f"http://{LOOPBACK}:{options.place.airflow_port}"
    settings = {**_core(layout, options, base), **_database(options), **_api(options, base), **_pace(layout)}
    return {
        **{f"AIRFLOW__{name}": value for name, value in settings.items()},
        "AIRFLOW_HOME": str(layout.airflow),
        "TELAR_WAREHOUSE_URL": databases.url(options, "pipeline"),
    }


def write_passwords(layout: Layout, options: Options) -> None:
    """Write the passwords file before Airflow does, whose own would be readable by everyone."""
    write_private(_passwords(layout), json.dumps({USER: options["TELAR_AIRFLOW_PASSWORD"]}))


def _passwords(layout: Layout) -> Path:
    return layout.airflow / "passwords.json"


def _core(layout: Layout, options: Options, base: str) -> dict[str, str]:
    return {
        "CORE__DAGS_FOLDER": str(layout.project / "dags"),
        "CORE__PLUGINS_FOLDER": str(layout.project / "plugins"),
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "2",
        "CORE__LOAD_EXAMPLES": "False",
        # The demo lets its own DAG run; those of all use cases at once would be slow on a laptop.
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "CORE__EXECUTION_API_SERVER_URL": f"{base}/execution/",
        "CORE__FERNET_KEY": options["TELAR_AIRFLOW_FERNET_KEY"],
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_passwords(layout)),
    }


def _database(options: Options) -> dict[str, str]:
    return {
        "DATABASE__SQL_ALCHEMY_CONN": databases.url(options, "airflow"),
        "DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
    }


def _api(options: Options, base: str) -> dict[str, str]:
    return {
        "API__HOST": LOOPBACK,
        "API__PORT": str(options.place.airflow_port),
        "API__BASE_URL": base,
        "API__WORKERS": "1",
        "API__SECRET_KEY": options["TELAR_AIRFLOW_SECRET_KEY"],
        "API_AUTH__JWT_SECRET": options["TELAR_AIRFLOW_JWT_SECRET"],
    }


def _pace(layout: Layout) -> dict[str, str]:
    """Measured: 0.2 s between two tasks, a new DAG file seen within 10 s, 8 % of a core when idle."""
    return {
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.25",
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "10",
        "LOGGING__BASE_LOG_FOLDER": str(layout.airflow / "logs"),
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(layout.airflow / "logs" / "dag_processor"),
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
