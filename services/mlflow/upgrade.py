"""Brings MLflow's tables to its version: `python -m services.mlflow.upgrade`, the URL by MLFLOW_BACKEND_STORE_URI.

`mlflow db upgrade URL` would show the password to every user of the machine, in the list of processes.
"""

import os

from mlflow.cli import cli


def main() -> None:
    """Migrate, an empty database too; exits as `mlflow db upgrade` does."""
    cli(["db", "upgrade", os.environ["MLFLOW_BACKEND_STORE_URI"]])


if __name__ == "__main__":
    main()
