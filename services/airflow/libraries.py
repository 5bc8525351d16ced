"""The heavy libraries, imported before Airflow forks, so that every task finds them: ten tasks that import MLflow and
pandas took 49 s without this and 2.3 s with it.

Only libraries, no code of the project, which may change while Airflow runs; and none of them may start a thread.
"""

import importlib
import multiprocessing

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


def import_libraries() -> None:
    """Import them where the operating system forks; elsewhere no task would find them."""
    if multiprocessing.get_start_method() == "fork":
        for library in LIBRARIES:
            importlib.import_module(library)
