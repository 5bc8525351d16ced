"""Second bring-up: the warehouse on MySQL, tasks on Celery workers. Each test is a stage, after those before."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.support import checks, exposure, together, warehouse
from tests.e2e.support.asking import ask, await_served, production
from tests.e2e.support.checks import NAME
from tests.e2e.support.clients import answered, mysql, postgres_as_admin
from tests.e2e.support.containers import Container
from tests.e2e.support.kills import await_back, kill_while_storing
from tests.e2e.support.pipelines import Airflow, airflow, ready
from tests.e2e.support.stack import BUILD_SECONDS, DOWN_SECONDS, UP_SECONDS, Stack, new_stack
from tests.e2e.support.visits import states_on_home, visit_everything
from tests.e2e.support.waiting import until

pytestmark = pytest.mark.timeout(600)

SETTINGS = {
    "TELAR_WAREHOUSE_URL": "mysql://mysql:3306/OPS",
    "TELAR_EXECUTOR": "CeleryExecutor",
    "COMPOSE_PROFILES": "celery,tools",
    "TELAR_SOURCE_KIND": "partitions",
}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with new_stack("mysql", SETTINGS) as made:
        yield made


@pytest.fixture
def api(stack: Stack) -> Airflow:
    return airflow(stack)


@pytest.mark.timeout(BUILD_SECONDS + 60)
def test_make_up_brings_up_the_platform_from_nothing(stack: Stack) -> None:
    checks.is_well(stack, stack.made("up", BUILD_SECONDS))


def test_no_process_has_rights_and_nothing_listens_where_it_should_not(stack: Stack) -> None:
    assert exposure.unconfined(stack) == []
    assert {each.service: each.nameless_volumes for each in stack.containers() if each.nameless_volumes} == {}
    assert exposure.listening(stack) == exposure.meant(stack, without={"NOTEBOOK"})


def test_logins_are_those_of_env(stack: Stack) -> None:
    checks.logins_hold(stack)


def test_workers_can_be_added(stack: Stack) -> None:
    stack.compose("up", "--detach", "--wait", "--no-recreate", "--scale", "airflow-worker=2", seconds=UP_SECONDS)
    assert len({each.hostname for each in stack.containers("airflow-worker") if each.well}) == 2


@pytest.mark.timeout(together.SECONDS + 60)
def test_all_use_cases_run_at_once_on_workers_alone(stack: Stack, api: Airflow) -> None:
    together.take_their_runs(stack)
    together.have_all_their_rows(stack)
    together.serve_and_predict(stack)
    tasks = [task for name in together.RUNS for run in api.runs(name) for task in api.tasks(name, run).values()]
    assert {str(task["hostname"]) for task in tasks if task["pid"]} == {
        each.hostname for each in stack.containers("airflow-worker")
    }


def test_their_runs_ended_in_every_way_each_for_a_reason_that_people_can_read(
    stack: Stack, record_property: Callable[[str, object], None]
) -> None:
    record_property("ended", together.ended_in_every_way(stack))


def test_the_mysql_client_shows_status_and_statistics_to_batchuser_and_to_nobody_without_the_password(
    stack: Stack,
) -> None:
    status = answered(mysql(stack, "SELECT * FROM batch_status ORDER BY batch_number"))
    statistics = answered(mysql(stack, f"SELECT * FROM batch_statistics WHERE use_case = '{NAME}'"))
    checks.tells_status_and_statistics(stack, status, statistics)
    refused = mysql(stack, "SELECT 1", password="wrong")
    assert refused.returncode != 0
    assert "Access denied" in refused.stderr


def test_postgresql_holds_nothing_of_the_warehouse(stack: Stack) -> None:
    databases = postgres_as_admin(stack, "SELECT datname FROM pg_database WHERE NOT datistemplate").split()
    assert sorted(databases) == ["airflow", "postgres"]
    tables = "SELECT tablename FROM pg_tables WHERE schemaname IN ('raw', 'clean', 'ops') OR tablename = 'batches'"
    assert [postgres_as_admin(stack, tables, each).split() for each in databases] == [[], []]
    roles = postgres_as_admin(stack, "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'").split()
    assert sorted(roles) == ["airflow", "postgres"]


def test_artifacts_lie_in_the_bucket_and_the_alias_names_what_is_served(stack: Stack) -> None:
    checks.keeps_artifacts(stack)
    checks.has_promoted(stack)


def test_a_prediction_is_answered_and_recorded(stack: Stack) -> None:
    checks.predicts_and_records(stack)


def test_a_person_sees_every_page_and_follows_every_link(stack: Stack) -> None:
    visit_everything(stack, NAME, checks.has_promoted(stack), adminer=True)


def test_a_killed_worker_comes_back_and_its_run_ends_with_no_row_lost_unseen_or_twice(
    stack: Stack, api: Airflow, record_property: Callable[[str, object], None]
) -> None:
    def worker(hostname: str) -> Container:
        return next(each for each in stack.containers("airflow-worker") if each.hostname == hostname)

    killed = kill_while_storing(stack, api, NAME, worker)
    await_back(stack, killed.container)
    assert warehouse.agreement(stack, NAME).lost == [killed.batch]
    record_property("seconds from the kill to the run's end", round(killed.seconds))


def test_with_its_database_stopped_the_platform_says_so_and_goes_on_predicting_even_started_anew(
    stack: Stack, api: Airflow
) -> None:
    version = str(production(stack, NAME)["version"])
    await_served(stack, NAME, version)
    stack.compose("stop", "mysql", seconds=90)
    stack.compose("restart", "inference", seconds=60)
    await_served(stack, NAME, version)
    assert ask(stack, "INFERENCE", "POST", "/predict", checks.EXAMPLE).status_code == 200
    until("inference says what is away", lambda: parts_away(stack) == {"database", "mlflow"}, 60)
    until("MLflow says that it cannot serve", lambda: stack.containers("mlflow")[0].health == "unhealthy", 90)
    told = states_on_home(stack)
    assert (told["Warehouse"], told["MLflow"], told["Inference API"]) == ("Down", "Down", "Degraded"), told

    stack.compose("start", "mysql", seconds=90)
    until("inference has all again", lambda: parts_away(stack) == set(), 90)
    until("all containers are well", lambda: all(each.well for each in stack.containers()), 120)
    checks.predicts_and_records(stack)
    api.run(NAME)
    warehouse.agreement(stack, NAME)


def test_down_and_up_again_it_serves_the_same_model_to_the_same_logins(stack: Stack) -> None:
    version = str(production(stack, NAME)["version"])
    stack.made("down", DOWN_SECONDS)
    assert stack.containers() == []
    stack.compose("up", "--detach", "--wait", "--scale", "airflow-worker=3", seconds=UP_SECONDS)
    assert len(stack.containers("airflow-worker")) == 3
    checks.logins_hold(stack)
    assert str(production(stack, NAME)["version"]) == version
    await_served(stack, NAME, version)
    checks.predicts_and_records(stack)
    ready(api := airflow(stack), NAME)
    api.run(NAME)
    assert exposure.shown_secrets(stack) == []
    assert exposure.logged_secrets(stack) == []


def parts_away(stack: Stack) -> set[str]:
    """The parts that inference calls away."""
    parts = ask(stack, "INFERENCE", "GET", "/health").json()["parts"]
    return {name for name, part in parts.items() if part["status"] == "away"}
