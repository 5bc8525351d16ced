"""`telar`: every step of the pipeline without Airflow, the warehouse's upkeep, and the embedded platform."""

from telar.cli.main import app

__all__ = ["app"]
