"""What `make up` says at the end: addresses, logins, how to let other machines in, how to stop."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

from telar.compose.project import Project
from telar.compose.rendered import Port, Rendered
from telar.compose.value_checks import LOOPBACK


@dataclass(frozen=True)
class Page:
    """What listens behind a port: ``shape`` of its address, the login, whether TELAR_BIND opens it."""

    title: str
    login: str = ""
    secret: str = ""
    shape: str = "http://{host}:{port}"
    open: bool = True


PAGES: Mapping[tuple[str, int], Page] = {
    ("portal", 8501): Page("Portal"),
    ("airflow-api-server", 8080): Page("Airflow", "admin", "TELAR_AIRFLOW_PASSWORD"),
    ("mlflow", 5000): Page("MLflow", "admin", "TELAR_MLFLOW_ADMIN_PASSWORD"),
    ("inference", 8000): Page(
        "Inference API", "header X-API-Key", "TELAR_INFERENCE_RELOAD_KEY", "http://{host}:{port}/docs"
    ),
    ("minio", 9001): Page("Object store", "telar-admin", "TELAR_MINIO_ROOT_PASSWORD"),
    ("notebook", 8888): Page("Notebook", "token", "TELAR_NOTEBOOK_TOKEN"),
    ("adminer", 8080): Page("Adminer", "telar_reader", "TELAR_DB_READER_PASSWORD"),
    ("data-api", 8000): Page("Data API", shape="http://{host}:{port}/docs", open=False),
    ("minio", 9000): Page("Object store's S3", "telar-admin", "TELAR_MINIO_ROOT_PASSWORD", open=False),
    ("postgres", 5432): Page("PostgreSQL", "airflow", "TELAR_DB_AIRFLOW_PASSWORD", "{host}:{port}", open=False),
    ("mysql", 3306): Page("MySQL", "mlflow", "TELAR_DB_MLFLOW_PASSWORD", "{host}:{port}", open=False),
}
_WAREHOUSE = ("batchuser", "TELAR_DB_PIPELINE_PASSWORD")
_CLOSED = """\
Only this machine reaches these addresses. To let others in, write into .env

    TELAR_BIND=0.0.0.0
    TELAR_PUBLIC_HOST=the name or address that they call this machine by

and run `make up` again. {firewall}
{inside} stay on this machine in any case.
From another one: {tunnel}"""
_OPEN = """\
Other machines reach the first {count} as {host}, through {bind}. {firewall}
{inside} stay on this machine.
From another one: {tunnel}"""
_FIREWALL = """\
Portal and inference API ask for no login, and all
pages speak plain http: open them to a network that you trust, or put a proxy with login and TLS before them. Mind the
firewall: Docker opens its ports ({ports}) past ufw and firewalld, so close
them to strangers in the provider's firewall or in the chain DOCKER-USER."""
_STOP = "make down stops everything and keeps the data; make destroy deletes the data, after asking."


def text(wanted: Rendered, project: Project) -> str:
    """Everything that a person needs to know now; passwords only on a terminal, since a log is kept."""
    variables = project.variables()
    found = [(page, port) for port in wanted.ports() if (page := PAGES.get((port.service, port.target)))]
    found.sort(key=lambda each: list(PAGES.values()).index(each[0]))
    values = project.read_env().values(project.around) if sys.stdout.isatty() else {}
    host = variables.get("TELAR_PUBLIC_HOST", LOOPBACK)
    rows = [_row(_as_warehouse(page, variables), port, host if page.open else LOOPBACK, values) for page, port in found]
    return "\n".join(
        ["", *_columns(rows), "", "Every password stands in .env.", "", _others(found, variables), "", _STOP]
    )


def _as_warehouse(page: Page, variables: Mapping[str, str]) -> Page:
    """The login of the database that holds the warehouse is the warehouse's."""
    engine = variables.get("TELAR_WAREHOUSE_URL", "postgresql").partition(":")[0].partition("+")[0]
    login, secret = _WAREHOUSE
    return replace(page, login=login, secret=secret) if page.title.lower() == engine else page


def _row(page: Page, port: Port, host: str, values: Mapping[str, str]) -> tuple[str, str, str]:
    login = f"{page.login}: {values.get(page.secret) or page.secret}" if page.secret else ""
    return page.title, page.shape.format(host=host, port=port.number), login


def _columns(rows: list[tuple[str, str, str]]) -> list[str]:
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
    return [f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}".rstrip() for row in rows]


def _others(found: list[tuple[Page, Port]], variables: Mapping[str, str]) -> str:
    bind, host = variables.get("TELAR_BIND", LOOPBACK), variables.get("TELAR_PUBLIC_HOST", LOOPBACK)
    opened = [port for page, port in found if page.open]
    within = [(page, port) for page, port in found if not page.open]
    number = within[0][1].number if within else 5432
    shape = _CLOSED if bind.startswith("127.") else _OPEN
    return shape.format(
        firewall=_FIREWALL.format(ports=", ".join(str(port.number) for port in opened)),
        inside=", ".join(page.title for page, _ in within) or "Databases",
        tunnel=f"ssh -L {number}:{LOOPBACK}:{number} YOU@THIS-MACHINE",
        count=len(opened),
        host=host,
        bind=bind,
    )
