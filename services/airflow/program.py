"""Runs one of Airflow's programs, as `python -m services.airflow.program triggerer`; its children stay small."""

import functools
import gc
import importlib
import os
import sys

EXECUTOR = "AIRFLOW__CORE__EXECUTOR"
LOCAL, CELERY = "LocalExecutor", "CeleryExecutor"


def become_airflow(*words: str) -> None:
    """Run `airflow WORDS` in this process.

    What is there before the first fork is kept from the garbage collector: a child in which it looks at all that soon
    holds a copy of it, 60 to 120 MB.
    """
    os.register_at_fork(before=functools.cache(gc.freeze))
    airflow = importlib.import_module("airflow.__main__")
    sys.argv = ["airflow", *words]
    airflow.main()


if __name__ == "__main__":
    become_airflow(*sys.argv[1:])
