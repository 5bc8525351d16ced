"""The DAG of a use-case file that cannot be loaded: it fails once, and says why."""

import re

from airflow.sdk import DAG, task
from airflow.sdk.exceptions import AirflowFailException

from telar_builder.timetable import NO_INSTALL_DATE


def broken_dag(stem: str, error: str) -> DAG:
    """A DAG named like the file, whose one run fails with ``error``; the file's repair replaces it."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", stem)
    with DAG(
        dag_id=name,
        description=f"The use-case file {stem} cannot be loaded",
        doc_md=f"### {stem} cannot be loaded\n\n```\n{error}\n```\n\nOnce repaired, this is the use case's DAG.",
        schedule="@once",
        start_date=NO_INSTALL_DATE,
        catchup=False,
        is_paused_upon_creation=False,
        tags=["telar", "broken"],
        default_args={"retries": 1},
    ) as dag:
        say_what_is_wrong(stem, error)
    return dag


@task
def say_what_is_wrong(stem: str, error: str) -> None:
    """Fail with what is wrong in the file; another try would not help."""
    raise AirflowFailException(f"use case {stem} cannot be loaded: {error}")
