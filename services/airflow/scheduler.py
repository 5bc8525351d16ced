"""Starts Airflow's scheduler with the heavy libraries imported already, so that every task finds them.

LocalExecutor forks: ten tasks that import MLflow and pandas took 49 s without this and 2.3 s with it. Only libraries
are imported, no code of the project (it may change while the scheduler runs), and nothing here may start a thread.
"""

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


def main() -> None:
    """Import, then become `airflow scheduler -s`: without the log server, which listens on every address."""
    if multiprocessing.get_start_method() == "fork":
        for library in LIBRARIES:
            importlib.import_module(library)
    airflow = importlib.import_module("airflow.__main__")

    sys.argv = ["airflow", "scheduler", "--skip-serve-logs"]
    airflow.main()


if __name__ == "__main__":
    main()
