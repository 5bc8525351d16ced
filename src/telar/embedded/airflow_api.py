"""Airflow's REST API as the demo needs it: log in, find a DAG, start a run, follow it, read a failed task's log."""

import time
from collections.abc import Mapping
from typing import Any, cast

import requests

from telar.domain.errors import ServiceError

SECONDS = 20


class AirflowFailed(ServiceError):
    """Airflow refused, or a run did not end as it should."""


class AirflowApi:
    """A logged-in user of one Airflow; ``login`` also proves that it is ours, since the password was generated."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._url = url
        self._user, self._password = user, password
        self._http = requests.Session()
        self._http.trust_env = False

    def login(self) -> None:
        """Get a token.

        Raises:
            AirflowFailed: it answers and does not know the password, so it is another Airflow.
        """
        body = {"username": self._user, "password": self._password}
        answer = self._http.post(f"{self._url}/auth/token", json=body, timeout=SECONDS)
        if answer.status_code in {401, 403}:
            raise AirflowFailed(f"the Airflow at {self._url} refuses the generated password: it is not this platform's")
        answer.raise_for_status()
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def health(self) -> dict[str, str]:
        """Status of each part; always HTTP 200, so only the body tells."""
        return {name: str(part.get("status")) for name, part in self._get("monitor/health").items() if part}

    def knows(self, dag: str) -> bool:
        """Whether the DAG was read from its file."""
        answer = self._http.get(f"{self._url}/api/v2/dags/{dag}", timeout=SECONDS)
        return answer.status_code == 200 and "application/json" in answer.headers.get("content-type", "")

    def import_errors(self) -> dict[str, str]:
        """What Airflow could not read, by file."""
        errors = self._get("importErrors")["import_errors"]
        return {str(error["filename"]): str(error["stack_trace"]) for error in errors}

    def trigger(self, dag: str, note: str, conf: Mapping[str, object] | None = None) -> str:
        """Start a manual run outside the schedule, with ``conf`` as its parameters; answers its id."""
        body: dict[str, Any] = {"logical_date": None, "conf": dict(conf or {}), "note": note}
        answer = self._http.post(f"{self._url}/api/v2/dags/{dag}/dagRuns", json=body, timeout=SECONDS)
        if answer.status_code != 200:
            raise AirflowFailed(f"Airflow did not start a run of {dag}: {answer.status_code} {answer.text[:300]}")
        return str(answer.json()["dag_run_id"])

    def unpause(self, dag: str) -> None:
        """Let the DAG run; a run of a paused one would be queued for ever."""
        answer = self._http.patch(f"{self._url}/api/v2/dags/{dag}", json={"is_paused": False}, timeout=SECONDS)
        answer.raise_for_status()

    def run_state(self, dag: str, run: str) -> str:
        return str(self._get(f"dags/{dag}/dagRuns/{run}")["state"])

    def task_states(self, dag: str, run: str) -> dict[str, str]:
        """State of each task of a run, in the order in which they began."""
        tasks = self._tasks(dag, run)
        return {str(task["task_id"]): str(task["state"]) for task in tasks}

    def failed_log(self, dag: str, run: str, lines: int = 25) -> str:
        """The last lines of the log of the run's failed task."""
        for task in self._tasks(dag, run):
            if task["state"] == "failed":
                path = f"dags/{dag}/dagRuns/{run}/taskInstances/{task['task_id']}/logs/{task['try_number']}"
                content = self._get(path, full_content="true")["content"]
                texts = [_line(event) for event in content] if isinstance(content, list) else str(content).splitlines()
                return f"task {task['task_id']} failed:\n" + "\n".join(texts[-lines:])
        return "no task failed; see the scheduler's log: make logs service=airflow-scheduler"

    def _tasks(self, dag: str, run: str) -> list[dict[str, Any]]:
        tasks = self._get(f"dags/{dag}/dagRuns/{run}/taskInstances")["task_instances"]
        return sorted(cast(list[dict[str, Any]], tasks), key=lambda task: str(task["start_date"] or "9"))

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        answer = self._http.get(f"{self._url}/api/v2/{path}", params=query, timeout=SECONDS)
        if answer.status_code == 401:
            self.login()
            answer = self._http.get(f"{self._url}/api/v2/{path}", params=query, timeout=SECONDS)
        answer.raise_for_status()
        return cast(dict[str, Any], answer.json())


def _line(event: dict[str, Any]) -> str:
    details = event.get("error_detail") or []
    causes = [f"{one.get('exc_type')}: {one.get('exc_value')}" for one in details]
    return " ".join([str(event.get("event", "")), *causes])


def await_run(api: AirflowApi, dag: str, run: str, deadline: float) -> None:
    """Wait until a run has succeeded; an Airflow that does not answer on a busy machine is asked again.

    Raises:
        AirflowFailed: it failed, or ``deadline`` (monotonic seconds) passed; the message ends with the task's log.
    """
    while (state := _state(api, dag, run)) != "success":
        if state == "failed":
            raise AirflowFailed(f"run {run} of {dag} failed; {api.failed_log(dag, run)}")
        if time.monotonic() > deadline:
            raise AirflowFailed(f"run {run} of {dag} is still {state}; its tasks: {api.task_states(dag, run)}")
        time.sleep(0.5)


def _state(api: AirflowApi, dag: str, run: str) -> str:
    try:
        return api.run_state(dag, run)
    except (requests.ConnectionError, requests.Timeout) as error:
        return f"not told: {error}"
