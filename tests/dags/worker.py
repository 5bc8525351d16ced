"""A process of Airflow's own for the tests: takes runs to make from its input, answers with the states they ended in.

Airflow stays out of the tests' process, where warnings are errors and whose environment is not Airflow's.
"""

import json
import os
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import BundleDagBag
from airflow.sdk import DAG, BaseOperator, Param
from airflow.sdk.bases.decorator import DecoratedOperator


def main() -> None:
    """Answer each line ``{"dag": ..., "conf": ...}`` on the file descriptor that was given; without conf, describe."""
    answers = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    folder = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    bag = BundleDagBag(folder, bundle_path=folder, bundle_name="dags-folder")
    if bag.import_errors:
        raise SystemExit(f"DAG files are broken: {bag.import_errors}")
    for line in sys.stdin:
        asked = json.loads(line)
        dag = bag.dags[asked["dag"]]
        told = describe(dag) if asked["conf"] is None else make_run(dag, asked["conf"])
        print(json.dumps(told), file=answers, flush=True)


def make_run(dag: DAG, conf: dict[str, object]) -> dict[str, object]:
    """How a whole run ended."""
    run = dag.test(run_conf=conf)
    made = run.get_task_instances()
    states = {each.task_id: str(each.state) for each in made}
    tries = {each.task_id: each.try_number for each in made}
    return {"run_id": run.run_id, "state": str(run.state), "tasks": states, "tries": tries}


def describe(dag: DAG) -> dict[str, object]:
    """What the DAG promises, without running it."""
    return {
        "tags": sorted(dag.tags),
        "doc": dag.doc_md,
        "params": {name: describe_param(dag.params.get_param(name)) for name in dag.params},
        "catchup": dag.catchup,
        "begins_paused": dag.is_paused_upon_creation,
        "tasks": {each.task_id: describe_task(each) for each in dag.tasks},
    }


def describe_param(param: Param) -> dict[str, object]:
    """Its kind and what a person is told of it."""
    return {"type": param.schema["type"], "description": param.description}


def describe_task(each: BaseOperator) -> dict[str, object]:
    """What the tests hold to be a rule of the house."""
    return {
        "by_decorator": isinstance(each, DecoratedOperator),
        "retries": each.retries,
        "backs_off": bool(each.retry_exponential_backoff),
        "rule": each.trigger_rule.value,
        "at_once": each.max_active_tis_per_dag,
        "tells_failure": bool(each.on_failure_callback),
    }


if __name__ == "__main__":
    main()
