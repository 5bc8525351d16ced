"""The notebook service, which comes with its profile: brought up, asked with a token, its page executed inside."""

import json

from tests.e2e.support.asking import browser_like
from tests.e2e.support.stack import BUILD_SECONDS, Stack

PROFILE = ("--profile", "notebook")
PICTURES = 5  # importances, a beeswarm and a waterfall of each version
EXECUTED = "/tmp/executed.ipynb"
SECONDS = 180


def brought_up(stack: Stack) -> None:
    stack.compose(*PROFILE, "up", "--detach", "--build", "--wait", "notebook", seconds=BUILD_SECONDS)


def taken_away(stack: Stack) -> None:
    stack.compose(*PROFILE, "rm", "--stop", "--force", "notebook")


def answers(stack: Stack, token: str) -> int:
    """The status that JupyterLab answers to somebody who lists the notebooks with that token."""
    url = f"{stack.url('NOTEBOOK')}/api/contents"
    with browser_like() as http:
        return http.get(url, headers={"Authorization": f"token {token}"}, timeout=30).status_code


def pictures(stack: Stack) -> int:
    """How many pictures the shipped page shows, executed as it is; a cell that fails, fails this."""
    inside = (*PROFILE, "exec", "-T", "notebook")
    book = "/var/lib/telar/notebooks/explanations.ipynb"
    stack.compose(*inside, "jupyter", "execute", book, f"--output={EXECUTED}", seconds=SECONDS)
    cells = json.loads(stack.compose(*inside, "cat", EXECUTED))["cells"]
    shown = [each.get("data", {}) for cell in cells for each in cell.get("outputs", [])]
    return sum("image/png" in data for data in shown)
