"""Starts a Celery worker of Airflow with the tasks' libraries imported before its pool forks."""

import os
import sys

from services.airflow.libraries import import_libraries
from services.airflow.program import CELERY, EXECUTOR, LOCAL, become_airflow

WRONG_EXECUTOR = """\
This is a Celery worker, but {variable} is {executor}: no scheduler would hand it a task.
To run tasks on workers, put TELAR_EXECUTOR=CeleryExecutor and COMPOSE_PROFILES=celery into .env.
To run them in the scheduler, put TELAR_EXECUTOR=LocalExecutor there and take celery out of COMPOSE_PROFILES.
Then run `make up`."""


def main() -> None:
    """Become `airflow celery worker -s`: without the log server, since all services share one folder of logs."""
    if (executor := os.environ.get(EXECUTOR, LOCAL)) != CELERY:
        sys.exit(WRONG_EXECUTOR.format(variable=EXECUTOR, executor=executor))
    import_libraries()
    become_airflow("celery", "worker", "--skip-serve-logs")


if __name__ == "__main__":
    main()
