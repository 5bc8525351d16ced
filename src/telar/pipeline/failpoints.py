"""The places where a test may kill the process, to see that the next try ends as if nothing had happened."""

import os
import signal

VARIABLE = "TELAR_FAILPOINT"
NAMES = (
    "fetch.before_request",
    "fetch.after_answer",
    "fetch.bulk_load",
    "fetch.before_commit",
    "fetch.after_commit",
    "split.before_commit",
    "restart.before_request",
    "restart.after_request",
    "restart.after_cycle",
    "restart.clearing",
    "prepare.rebuild_batch",
    "prepare.rebuild_swap",
    "prepare.before_store",
    "prepare.after_store",
    "prepare.after_comparisons",
    "decide.after_record",
    "train.before_fit",
    "train.after_register",
    "gate.after_record",
    "promote.after_intended",
    "promote.after_alias",
    "record.before_finish",
)


def reach(name: str) -> None:
    """Die here by SIGKILL where the environment asks for it; nothing otherwise.

    Raises:
        KeyError: the name is not declared above.
    """
    if name not in NAMES:
        raise KeyError(f"failpoint {name} is not declared in {__name__}.NAMES")
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
