"""Third bring-up: one installation on the databases, the object store, and at last MLflow and data API of another.

Each test is a stage, after those before.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping

import pytest

from tests.e2e.support.asking import ask, await_served
from tests.e2e.support.checks import EXAMPLE, NAME
from tests.e2e.support.clients import answered, psql, stored_objects
from tests.e2e.support.containers import docker
from tests.e2e.support.machine import LOOPBACK, environment
from tests.e2e.support.stack import BUILD_SECONDS, DOWN_SECONDS, UP_SECONDS, Stack, new_stack
from tests.e2e.support.visits import told_on_home
from tests.e2e.support.waiting import until
from tests.e2e.support.warehouse import rows

pytestmark = pytest.mark.timeout(600)

STORES = ("postgresql", "mysql", "object-store")
SHARED = re.compile(r"TELAR_(DB_(?!ADMIN).*_PASSWORD|S3_SECRET_KEY|MLFLOW_PASSWORD|MLFLOW_READER_PASSWORD)")
PUBLISHED = {
    "postgres": ("POSTGRES", 5432),
    "mysql": ("MYSQL", 3306),
    "minio": ("MINIO", 9000),
    "data-api": ("DATA_API", 8000),
}
COMMAND = re.compile(r"^#   (docker run (?:.*\\\n#)*.*)", re.MULTILINE)


@pytest.fixture(scope="module")
def address() -> str:
    """Where containers of any project find what this machine publishes: the address of Docker's bridge."""
    return docker("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}").strip()


@pytest.fixture(scope="module")
def servers(address: str) -> Iterator[Stack]:
    """The installation whose services the other one uses, for which it publishes them at that address too."""
    with new_stack("servers", {"TELAR_BIND": address, "TELAR_PUBLIC_HOST": address}) as made:
        lines = ["services:"]
        for service, (name, port) in PUBLISHED.items():
            number = made.ports[name]
            lines += [
                f"  {service}:",
                f'    ports: !override ["{LOOPBACK}:{number}:{port}", "{address}:{number}:{port}"]',
            ]
        (made.project / "published.yaml").write_text("\n".join([*lines, ""]))
        made.configure({"COMPOSE_FILE": "docker-compose.yaml:published.yaml"})
        yield made


@pytest.fixture(scope="module")
def stack(servers: Stack) -> Iterator[Stack]:
    """The installation without servers of its own, with the logins of the other one's."""
    logins = {name: value for name, value in servers.env.items() if SHARED.fullmatch(name)}
    with new_stack("external", logins) as made:
        made.made("env", 60)
        yield made


def place(servers: Stack, address: str, service: str) -> str:
    return f"{address}:{servers.ports[service]}"


def use(stack: Stack, names: tuple[str, ...], settings: Mapping[str, str]) -> None:
    """Edit `.env` as the header of each override file says."""
    files = ["docker-compose.yaml", *(f"deploy/compose/external-{name}.yaml" for name in names)]
    stack.configure({"COMPOSE_FILE": ":".join(files), **settings})


@pytest.mark.timeout(BUILD_SECONDS + 120)
def test_bare_servers_get_databases_and_roles_by_the_documented_commands(
    servers: Stack, stack: Stack, address: str
) -> None:
    servers.compose("build", seconds=BUILD_SECONDS)
    servers.compose("up", "--detach", "--wait", "postgres", "mysql", "minio", seconds=UP_SECONDS)
    assert psql(servers, "SELECT 1").returncode != 0, "there is a batchuser before the command"
    admin = servers.env["TELAR_DB_ADMIN_PASSWORD"]
    port = {name: str(servers.ports[name]) for name in ("POSTGRES", "MYSQL")}
    _documented(stack, "postgresql", address, {"PGPASSWORD": admin, "PGPORT": port["POSTGRES"]})
    _documented(stack, "mysql", address, {"MYSQL_ROOT_PASSWORD": admin, "MYSQL_TCP_PORT": port["MYSQL"]})
    answered(psql(servers, "SELECT 1"))


def _documented(stack: Stack, name: str, address: str, variables: Mapping[str, str]) -> None:
    """Runs the command of an override file's header in the installation's folder."""
    (command,) = COMMAND.findall((stack.project / "deploy" / "compose" / f"external-{name}.yaml").read_text())
    told = command.replace("\n#", "\n").replace("db.example.org", address)
    told = told.replace("--rm", " ".join(["--rm", *(f"--env {each}" for each in variables)]))
    done = subprocess.run(
        ["sh", "-c", told],
        cwd=stack.project,
        env=environment() | dict(variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, f"{told}\n{done.stdout}\n{done.stderr}"


def test_it_comes_up_without_databases_and_object_store_of_its_own(servers: Stack, stack: Stack, address: str) -> None:
    servers.compose("run", "--rm", "--no-deps", "-T", "minio-bucket", seconds=60)
    postgres, mysql = place(servers, address, "POSTGRES"), place(servers, address, "MYSQL")
    urls = {
        "TELAR_WAREHOUSE_URL": f"postgresql://{postgres}/batches_db",
        "TELAR_AIRFLOW_DATABASE_URL": f"postgresql://{postgres}/airflow",
        "TELAR_MLFLOW_DATABASE_URL": f"mysql://{mysql}/mlflow",
        "TELAR_S3_URL": f"http://{place(servers, address, 'MINIO')}",
    }
    use(stack, STORES, urls)
    stack.compose("run", "--rm", "-T", "airflow-migrate", seconds=UP_SECONDS)
    stack.compose("up", "--detach", "--wait", "mlflow", "data-api", "inference", "portal", seconds=UP_SECONDS)
    assert {each.service for each in stack.containers()} == {
        "mlflow-migrate", "mlflow", "warehouse-migrate", "data-api", "inference", "portal",
    }  # fmt: skip
    assert [each.service for each in stack.containers() if not each.well] == []
    until("inference records and follows", lambda: parts(stack)["database"] == parts(stack)["mlflow"] == "ok", 30)


def test_the_portal_sees_the_servers_and_shows_no_object_store_of_its_own(stack: Stack) -> None:
    told = told_on_home(stack)
    assert "registry and object store answer" in told
    assert "postgresql answers" in told
    assert "MinIO" not in told


def test_its_tables_lie_in_the_servers(servers: Stack) -> None:
    asked = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'ops'"
    assert "0\n" not in answered(psql(servers, asked))
    airflow = ("psql", "-U", "postgres", "-d", "airflow", "-At", "-c", "SELECT count(*) FROM ab_user")
    assert servers.compose("exec", "-T", "postgres", *airflow).strip() == "1"
    mlflow = ("mysql", "-h", "mysql", "-u", "mlflow", "-D", "mlflow", "-N", "-e", "SELECT username FROM users")
    login = f"MYSQL_PWD={servers.env['TELAR_DB_MLFLOW_PASSWORD']}"
    users = servers.compose("exec", "-T", "-e", login, "mysql", *mlflow).split()
    assert sorted(users) == ["admin", "telar", "telar-reader"]


def test_a_batch_becomes_a_served_model_by_way_of_the_servers(servers: Stack, stack: Stack) -> None:
    said = run(stack)
    assert "version 1 is in production" in said or "promoted" in said, said
    await_served(stack, NAME, "1")
    assert [key for key in stored_objects(servers) if key.endswith(".onnx")]
    assert len(rows(servers, "SELECT id FROM {ops}.batches")) == 1
    assert ask(stack, "INFERENCE", "POST", "/predict", EXAMPLE).status_code == 200


def test_with_mlflow_and_data_api_of_the_other_it_has_nothing_but_itself(
    servers: Stack, stack: Stack, address: str
) -> None:
    servers.compose("up", "--detach", "--wait", "mlflow", "data-api", seconds=UP_SECONDS)
    urls = {
        "TELAR_MLFLOW_URL": f"http://{place(servers, address, 'MLFLOW')}",
        "TELAR_SOURCE_URL": f"http://{place(servers, address, 'DATA_API')}",
    }
    use(stack, (*STORES, "mlflow", "data-api"), urls)
    stack.made("down", DOWN_SECONDS)
    stack.compose("up", "--detach", "--wait", "inference", "portal", seconds=UP_SECONDS)
    assert {each.service for each in stack.containers()} == {"warehouse-migrate", "inference", "portal"}
    until("inference follows the other MLflow", lambda: parts(stack)["mlflow"] == "ok", 30)
    await_served(stack, NAME, "1")
    before = len(rows(servers, "SELECT id FROM {ops}.batches"))
    run(stack)
    assert len(rows(servers, "SELECT id FROM {ops}.batches")) == before + 1
    assert ask(stack, "INFERENCE", "POST", "/predict", EXAMPLE).status_code == 200
    told = told_on_home(stack)
    assert "registry and object store answer" in told


def run(stack: Stack) -> str:
    """One batch as far as it goes, in the container that runs tasks; what the CLI said."""
    words = ("run", "--rm", "--no-deps", "-T", "airflow-scheduler", "telar", "run", NAME)
    return stack.compose(*words, seconds=300)


def parts(stack: Stack) -> dict[str, str]:
    """What inference says of each of its parts."""
    told = ask(stack, "INFERENCE", "GET", "/health").json()["parts"]
    return {name: str(part["status"]) for name, part in told.items()}
