"""MLflow, as Telar uses it: `registry` with the mlflow package (training, gate), `http` without it (serving)."""

import os

# mlflow reads these while it is imported, which the modules of this package do after this one.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
