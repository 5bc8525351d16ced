"""Every migration of the platform, all at once; imported late, since pandas and the use cases come with it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from telar.adapters.warehouse.migrate import migrate
from telar.domain.errors import ConfigurationError
from telar.embedded import databases
from telar.embedded.layout import Layout
from telar.embedded.options import Options
from telar.pipeline.cleaning import clean_rows
from telar.use_cases import discover


def migrate_all(layout: Layout, options: Options, environments: dict[str, dict[str, str]]) -> None:
    """Bring Airflow's, MLflow's and the warehouse's tables to this version, all at once.

    Raises:
        ConfigurationError: one of them failed; the message ends with its log.
    """
    mlflow = (sys.executable, "-m", "services.mlflow.upgrade")
    airflow = (sys.executable, "-m", "airflow", "db", "migrate")
    with ThreadPoolExecutor(3) as pool:
        jobs = [
            pool.submit(_run, layout, "migrate-airflow", airflow, environments["airflow-api"]),
            pool.submit(_run, layout, "migrate-mlflow", mlflow, environments["mlflow"]),
            pool.submit(_warehouse, options),
        ]
    for job in jobs:
        job.result()


def _warehouse(options: Options) -> None:
    folder = options.values.get("TELAR_USE_CASES")
    registry = discover(Path(folder) if folder else None)
    migrate(databases.url(options, "owner"), registry.use_cases.values(), clean_rows)


def _run(layout: Layout, name: str, command: tuple[str, ...], environment: dict[str, str]) -> None:
    log = layout.log(name)
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            command, cwd=layout.project, env=environment, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        raise ConfigurationError(f"{name} ended with {done.returncode}; the end of {log}:\n{tail}")
