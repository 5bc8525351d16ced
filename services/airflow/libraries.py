"""The heavy libraries, imported before Airflow forks, so that every task finds them: ten tasks that import MLflow and
pandas took 49 s without this and 2.3 s with it.

Only libraries, no code of the project, which may change while Airflow runs; and none of them may start a thread.
"""

import gc
import importlib
import multiprocessing
import sys

LIBRARIES = (
    "pandas",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.svm",
    "mlflow",
    "mlflow.onnx",
    "mlflow.sklearn",
    "onnxruntime",
    "skl2onnx",
    "skops.io",
    "sqlalchemy",
    "psycopg2",
    "pymysql",
    "pydantic_settings",
    "requests",
)
EXECUTOR = "AIRFLOW__CORE__EXECUTOR"
LOCAL, CELERY = "LocalExecutor", "CeleryExecutor"


def import_libraries() -> None:
    """Import them where the operating system forks; elsewhere no task would find them.

    The garbage collector then leaves them alone, or each fork would soon hold a copy of its own: 120 MB.
    """
    if multiprocessing.get_start_method() == "fork":
        for library in LIBRARIES:
            importlib.import_module(library)
        gc.freeze()


def become_airflow(*words: str) -> None:
    """Run `airflow WORDS` in this process."""
    airflow = importlib.import_module("airflow.__main__")
    sys.argv = ["airflow", *words]
    airflow.main()
