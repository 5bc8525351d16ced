"""What holds for every DAG, read from the DAGs as Airflow loads them."""

import subprocess
import sys

import pytest

from tests.dags.airflow import Worker
from tests.dags.conftest import VARIANTS
from tests.dags.test_truth_in_states import STEPS
from tests.support.spine import PROJECT, Spine

NAMES = (*VARIANTS, "half_written")


@pytest.mark.parametrize("name", NAMES)
def test_every_task_is_a_decorated_function_that_is_tried_again_and_never_runs_in_spite_of_failures(
    name: str, worker: Worker
) -> None:
    tasks = worker.describe(name)["tasks"].values()
    assert all(task["by_decorator"] and task["retries"] >= 1 for task in tasks)
    assert {task["rule"] for task in tasks} <= {"all_success", "none_failed"}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_use_case_has_the_seven_steps_of_which_the_last_tells_every_end_but_failure(
    name: str, worker: Worker
) -> None:
    tasks = worker.describe(name)["tasks"]
    assert set(tasks) == set(STEPS)
    assert {step for step, task in tasks.items() if task["rule"] == "none_failed"} == {"record"}
    assert all(task["tells_failure"] and task["backs_off"] for task in tasks.values())


@pytest.mark.parametrize("step", ["train", "gate", "promote"])
def test_two_runs_never_train_judge_or_promote_at_the_same_time(step: str, worker: Worker) -> None:
    assert worker.describe("goes_well")["tasks"][step]["at_once"] == 1


def test_the_page_of_a_dag_explains_columns_decisions_and_gate(worker: Worker) -> None:
    page = worker.describe("goes_well")["doc"]
    assert "| Length | number | 0 to 100 m |" in page
    assert "changed by over 15 %" in page
    assert "decision_tree" in page
    assert "macro F1 better by at least 0.005" in page


def test_the_parameters_say_what_they_do(worker: Worker) -> None:
    parameters = worker.describe("goes_well")["params"]
    assert set(parameters) == {"force_training", "restart_source"}
    assert all(each["type"] == "boolean" and len(each["description"]) > 30 for each in parameters.values())


def test_a_broken_file_is_one_failing_dag_of_its_name_that_says_what_is_wrong(worker: Worker) -> None:
    described = worker.describe("half_written")
    assert "broken" in described["tags"]
    assert "SyntaxError" in described["doc"]
    assert described["begins_paused"] is False, "it is to fail where all others wait to be switched on"
    run = worker.run("half_written")
    assert run.state == "failed"
    assert list(run.tasks.values()) == ["failed"]


def test_without_the_day_of_the_install_nothing_is_caught_up(worker: Worker) -> None:
    assert worker.describe("goes_well")["catchup"] is False


def test_parsing_the_dags_imports_nothing_heavy(spine: Spine) -> None:
    code = "import sys, telar_dags; print({'pandas', 'numpy', 'mlflow', 'sklearn', 'onnxruntime'} & set(sys.modules))"
    environment = {
        **spine.environment,
        "PYTHONPATH": f"{PROJECT / 'dags'}:{spine.environment['PYTHONPATH']}",
        "AIRFLOW_HOME": str(spine.folder),
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
