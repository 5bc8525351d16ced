"""Airflow through its REST API: log in, run a DAG, see where its tasks ran."""

import time
from typing import Any

from telar.embedded.airflow_api import AirflowApi, await_run
from tests.e2e.support.machine import BIND
from tests.e2e.support.stack import Stack
from tests.e2e.support.waiting import until

RUN_SECONDS = 240
KNOWN_SECONDS = 60


class Airflow(AirflowApi):
    """The administrator of one stack's Airflow."""

    def tasks(self, dag: str, run: str) -> dict[str, dict[str, Any]]:
        """Each task of a run as Airflow tells of it: state, try_number, hostname, ..."""
        return {str(task["task_id"]): task for task in self._tasks(dag, run)}

    def runs(self, dag: str) -> list[str]:
        """The ids of a DAG's runs."""
        return [str(run["dag_run_id"]) for run in self._get(f"dags/{dag}/dagRuns")["dag_runs"]]

    def run(self, dag: str, seconds: float = RUN_SECONDS, **conf: object) -> str:
        """One manual run to its success; its id."""
        run = self.trigger(dag, "a bring-up's test", conf)
        await_run(self, dag, run, time.monotonic() + seconds)
        return run


def airflow(stack: Stack) -> Airflow:
    """Logged in by POST /auth/token with the password of `.env`."""
    api = Airflow(f"http://{BIND}:{stack.ports['AIRFLOW']}", "admin", stack.env["TELAR_AIRFLOW_PASSWORD"])
    api.login()
    return api


def ready(api: Airflow, dag: str) -> None:
    """Until Airflow knows the DAG, which may run then."""
    until(f"Airflow knows the DAG {dag}; import errors: {api.import_errors()}", lambda: api.knows(dag), KNOWN_SECONDS)
    api.unpause(dag)
