"""Peak memory of fetching and of preparing one large batch, each in a process of its own, on each engine.

Run: python -m benchmarks.memory [--use-case NAME] [--rows N] [--limit 700] [--engines postgresql,mysql]. Without a name
it is the use case with the largest batch, and that batch. The rows are generated ones.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
import typer
from pydantic import SecretStr
from sqlalchemy import NullPool, create_engine, make_url, text

from benchmarks.one_answer import largest, largest_of, write_answer
from telar.adapters.warehouse.migrate import migrate
from telar.adapters.warehouse.names import Role
from telar.domain.use_case import UseCase
from telar.use_cases import discover
from tests.support.databases import TestDatabase
from tests.support.mlflow_server import running_mlflow
from tests.support.servers import NoMySql, free_port, running_mysql, running_postgres

STEPS = ("fetch", "prepare")
KILOBYTE = 1_024
MEGABYTE = 1_000_000


def main() -> int:
    """Print the peak of each step on each engine; 1 when one is above the limit."""
    asked = _arguments()
    use_case = discover(None).get(asked.use_case) if asked.use_case else largest()
    if asked.step:
        return _take(use_case, asked.step)
    rows, within = asked.rows or largest_of(use_case), True
    with tempfile.TemporaryDirectory(prefix="telar-") as name, ExitStack() as stack:
        folder = Path(name)
        write_answer(folder / "answer.json", use_case, rows)
        size = (folder / "answer.json").stat().st_size / MEGABYTE
        typer.echo(f"{use_case.name}, one batch: {rows:,} rows x {len(use_case.names)} columns, {size:.0f} MB of JSON")
        postgres = stack.enter_context(running_postgres(folder))
        source = stack.enter_context(_served(folder / "answer.json"))
        mlflow = stack.enter_context(running_mlflow(_database(postgres), folder))
        urls = {"TELAR_SOURCE_URL": source, "TELAR_MLFLOW_URL": mlflow}
        for engine in asked.engines.split(","):
            within &= _measure(use_case, engine, postgres, urls, asked.limit)
    return 0 if within else 1


def _measure(use_case: UseCase, engine: str, postgres: SecretStr, urls: dict[str, str], limit: float) -> bool:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_mysql()) if engine == "mysql" else postgres
        except NoMySql as error:
            typer.echo(f"{engine:<11} not measured: {error}")
            return False
        database = TestDatabase.make(server)
        stack.callback(database.drop)
        migrate(database.owner_url, [use_case])
        urls = urls | {"TELAR_WAREHOUSE_URL": database.url(Role.PIPELINE).get_secret_value()}
        within = [_peak(use_case, engine, step, urls, limit) for step in STEPS]
        return all(within)


def _peak(use_case: UseCase, engine: str, step: str, urls: dict[str, str], limit: float) -> bool:
    """One step in a process of its own, which prints its peak."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.memory", "--use-case", use_case.name, "--step", step]
    done = subprocess.run(command, env={**os.environ, **urls}, stdout=subprocess.PIPE, text=True, check=True)
    peak = float(done.stdout.split()[-1])
    seconds = time.perf_counter() - begin
    typer.echo(f"{engine:<11} {step:<8} peak {peak:4.0f} MB (limit {limit:.0f}), {seconds:.0f} s")
    return peak <= limit


def _take(use_case: UseCase, step: str) -> int:
    """The step itself; prints the most memory that the process ever held, in MB."""
    from telar.adapters.warehouse import batches
    from telar.pipeline.context import open_context
    from telar.pipeline.fetch import Fetched, fetch

    with open_context(use_case) as context:
        if step == "fetch":
            assert isinstance(fetch(context, "r1"), Fetched)
        else:
            from telar.pipeline.prepare import prepare

            batch = batches.of_run(context.warehouse, use_case.name, "r1")
            assert batch is not None
            assert prepare(context, batch.id).clean_rows > 0
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE / MEGABYTE}\n")
    return 0


@contextmanager
def _served(path: Path) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.one_answer", str(path), str(port)])
    try:
        yield _when_it_answers(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


def _when_it_answers(url: str) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            requests.get(f"{url}/", timeout=5)
            return url
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer within 60 s")


def _database(server: SecretStr) -> str:
    """A new database for MLflow."""
    admin = make_url(server.get_secret_value())
    engine = create_engine(admin, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE mlflow_of_benchmark"))
    return admin.set(database="mlflow_of_benchmark").render_as_string(hide_password=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--use-case")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--limit", type=float, default=700.0)
    parser.add_argument("--engines", default="postgresql,mysql")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
