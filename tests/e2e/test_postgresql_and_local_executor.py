"""First bring-up: the warehouse on PostgreSQL, tasks within the scheduler. Each test is a stage, after those before."""

import time
from collections.abc import Callable, Iterator

import pytest

from telar.embedded.airflow_api import await_run
from tests.e2e.support import checks, exposure, notebook, together, warehouse
from tests.e2e.support.asking import ask, await_served, production
from tests.e2e.support.checks import NAME
from tests.e2e.support.clients import answered, psql
from tests.e2e.support.kills import await_back, kill_while_storing
from tests.e2e.support.pipelines import RUN_SECONDS, Airflow, airflow, ready
from tests.e2e.support.stack import BUILD_SECONDS, DOWN_SECONDS, UP_SECONDS, Stack, new_stack
from tests.e2e.support.visits import fill_in_the_form, states_on_home, visit_everything
from tests.e2e.support.waiting import until
from tests.test_one_new_file import FILE as NEW_FILE
from tests.test_one_new_file import NAME as NEW

pytestmark = pytest.mark.timeout(600)

NOT_RUNNING = {"ADMINER", "NOTEBOOK"}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with new_stack("postgresql", {}) as made:
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
    assert exposure.listening(stack) == exposure.meant(stack, without=NOT_RUNNING)


def test_logins_are_those_of_env(stack: Stack) -> None:
    checks.logins_hold(stack)


@pytest.mark.timeout(together.SECONDS + 60)
def test_all_use_cases_run_at_once(stack: Stack) -> None:
    together.take_their_runs(stack)
    together.have_all_their_rows(stack)
    together.serve_and_predict(stack)


def test_their_runs_ended_in_every_way_each_for_a_reason_that_people_can_read(
    stack: Stack, record_property: Callable[[str, object], None]
) -> None:
    record_property("ended", together.ended_in_every_way(stack))


def test_psql_shows_status_and_statistics_to_batchuser_and_to_nobody_without_the_password(stack: Stack) -> None:
    status = answered(psql(stack, "SELECT * FROM batch_status ORDER BY batch_number"))
    statistics = answered(psql(stack, f"SELECT * FROM batch_statistics WHERE use_case = '{NAME}'"))
    checks.tells_status_and_statistics(stack, status, statistics)
    refused = psql(stack, "SELECT 1", password="wrong")
    assert refused.returncode != 0
    assert "password authentication failed" in refused.stderr


def test_artifacts_lie_in_the_bucket_and_the_alias_names_what_is_served(stack: Stack) -> None:
    checks.keeps_artifacts(stack)
    checks.has_promoted(stack)


def test_a_prediction_is_answered_and_recorded(stack: Stack) -> None:
    checks.predicts_and_records(stack)


def test_a_person_sees_every_page_and_follows_every_link(stack: Stack) -> None:
    visit_everything(stack, NAME, checks.has_promoted(stack))


@pytest.mark.timeout(BUILD_SECONDS + 60)
def test_the_notebook_of_its_profile_explains_two_versions_and_lets_nobody_in_without_the_token(stack: Stack) -> None:
    notebook.brought_up(stack)
    assert notebook.answers(stack, "wrong-token-of-somebody") == 403
    assert notebook.answers(stack, stack.env["TELAR_NOTEBOOK_TOKEN"]) == 200
    assert notebook.pictures(stack) == notebook.PICTURES
    assert exposure.shown_secrets(stack) == []
    assert exposure.unconfined(stack) == []
    notebook.taken_away(stack)


def test_a_file_dropped_into_the_running_platform_becomes_dag_tables_feed_route_form_and_prediction(
    stack: Stack, api: Airflow
) -> None:
    before = {each.id: each.restarts for each in stack.containers()}
    (stack.project / "use_cases" / f"{NEW}.py").write_text(NEW_FILE)
    ready(api, NEW)
    until("the data API feeds it", lambda: ask(stack, "DATA_API", "GET", f"/{NEW}/").ok, 30)
    api.run(NEW)
    assert warehouse.agreement(stack, NEW).stored == [1]
    await_served(stack, NEW, "1")
    assert checks.predicts_and_records(stack, NEW, {"Size": 9.5}) == "heavy"
    fill_in_the_form(stack, NEW, {"Size": "1.5"}, "light")
    assert {each.id: each.restarts for each in stack.containers()} == before, "something was restarted for it"


def test_a_killed_scheduler_comes_back_and_its_run_ends_with_no_row_lost_unseen_or_twice(
    stack: Stack, api: Airflow, record_property: Callable[[str, object], None]
) -> None:
    (scheduler,) = stack.containers("airflow-scheduler")
    killed = kill_while_storing(stack, api, NAME, lambda _: scheduler)
    await_back(stack, scheduler)
    assert warehouse.agreement(stack, NAME).lost == [killed.batch]
    record_property("seconds from the kill to the run's end", round(killed.seconds))


def test_with_the_object_store_stopped_home_says_so_and_a_run_tries_again_until_it_is_back(
    stack: Stack, api: Airflow
) -> None:
    stack.compose("stop", "minio")
    assert states_on_home(stack)["MinIO"] == "Down"
    checks.predicts_and_records(stack)
    run = api.trigger(NAME, "without an object store", {"force_training": True})
    until("a step waits for another try", lambda: "up_for_retry" in api.task_states(NAME, run).values(), 120)
    stack.compose("start", "minio")
    await_run(api, NAME, run, time.monotonic() + RUN_SECONDS)


def test_another_installations_env_is_refused_and_overwrites_nothing(stack: Stack) -> None:
    version, volumes = production(stack, NAME)["version"], stack.volumes()
    stack.made("down", DOWN_SECONDS)
    assert stack.containers() == []
    settings = {name: value for name, value in stack.env.items() if not name.endswith(exposure.SECRET_ENDS)}
    old = (stack.project / ".env").rename(stack.project / ".env.old")
    stack.made("env", 60)
    stack.configure(settings)
    refused = stack.make("up", UP_SECONDS)
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0, said
    assert ".env" in said, said
    assert "make destroy" in said, said
    stack.made("down", DOWN_SECONDS)
    old.replace(stack.project / ".env")
    checks.is_well(stack, stack.made("up", UP_SECONDS))
    assert stack.volumes() == volumes
    assert production(stack, NAME)["version"] == version


def test_down_and_up_again_it_serves_the_same_model_to_the_same_logins(stack: Stack) -> None:
    checks.logins_hold(stack)
    version = str(production(stack, NAME)["version"])
    await_served(stack, NAME, version)
    checks.predicts_and_records(stack)
    airflow(stack).run(NAME)
    assert exposure.shown_secrets(stack) == []
    assert exposure.logged_secrets(stack) == []


def test_make_destroy_asks_first_and_then_leaves_nothing(stack: Stack) -> None:
    assert stack.make("destroy", DOWN_SECONDS, answer="\n").returncode != 0
    assert stack.containers()
    stack.made("destroy", DOWN_SECONDS, answer=f"{stack.name}\n")
    assert stack.containers() == []
    assert stack.volumes() == set()
