"""One step of a use case's pipeline in a process of its own, as the environment says: what the kill tests kill.

`python -m tests.integration.pipeline.runner run|fetch|prepare|restart RUN_ID USE_CASE` prints what
came of it, or the batch's id.
Heavy steps are imported where they are taken, as Airflow's tasks do it.
"""

import sys

from telar.adapters.warehouse import batches
from telar.pipeline.context import Context, open_context
from telar.pipeline.fetch import Fetched, fetch
from telar.pipeline.restart import restart_source
from telar.settings import UseCaseSettings, read
from telar.use_cases import discover


def main(step: str, run_id: str, name: str) -> str:
    """Takes the step and says what came of it."""
    use_case = discover(read(UseCaseSettings).use_cases).get(name)
    with open_context(use_case) as context:
        return _take(step, context, run_id)


def _take(step: str, context: Context, run_id: str) -> str:
    if step == "run":
        from telar.pipeline.run import run_batch

        return str(run_batch(context, run_id))
    if step == "restart":
        return str(restart_source(context, run_id))
    if step == "prepare":
        from telar.pipeline.prepare import prepare

        batch = batches.of_run(context.warehouse, context.name, run_id)
        assert batch is not None
        return str(prepare(context, batch.id).clean_rows)
    fetched = fetch(context, run_id)
    return str(fetched.batch_id) if isinstance(fetched, Fetched) else str(fetched)


if __name__ == "__main__":
    sys.stdout.write(main(*sys.argv[1:]))
