"""Starts Airflow's scheduler: with LocalExecutor it forks the tasks and imports their libraries first; with
CeleryExecutor it hands them to workers, needs none, and lets the workers bound how many run at once.
"""

import os

from services.airflow.libraries import import_libraries
from services.airflow.program import CELERY, EXECUTOR, LOCAL, become_airflow

PARALLELISM = "AIRFLOW__CORE__PARALLELISM"
WITH_WORKERS = "64"


def main() -> None:
    """Become `airflow scheduler -s`: without the log server, which listens on every address."""
    if os.environ.get(EXECUTOR, LOCAL) == CELERY:
        os.environ[PARALLELISM] = WITH_WORKERS
    else:
        import_libraries()
    become_airflow("scheduler", "--skip-serve-logs")


if __name__ == "__main__":
    main()
