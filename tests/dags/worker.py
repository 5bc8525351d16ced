"""A process of Airflow's own for the tests: takes runs to make from its input, answers with the states they ended in.

Airflow stays out of the tests' process, where warnings are errors and whose environment is not Airflow's.
"""

import json
import os
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import BundleDagBag


def main() -> None:
    """Answer each line ``{"dag": ..., "conf": ...}`` on the file descriptor that was given."""
    answers = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    folder = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    bag = BundleDagBag(folder, bundle_path=folder, bundle_name="dags-folder")
    if bag.import_errors:
        raise SystemExit(f"DAG files are broken: {bag.import_errors}")
    for line in sys.stdin:
        asked = json.loads(line)
        run = bag.dags[asked["dag"]].test(run_conf=asked["conf"])
        states = {each.task_id: str(each.state) for each in run.get_task_instances()}
        print(json.dumps({"run_id": run.run_id, "state": str(run.state), "tasks": states}), file=answers, flush=True)


if __name__ == "__main__":
    main()
