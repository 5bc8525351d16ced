"""What a command needs opened: the use case, its context, and the variables of the embedded platform around it."""

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from telar.embedded.layout import find_project
from telar.settings import UseCaseSettings, read
from telar.use_cases import Registry, discover

if TYPE_CHECKING:
    from telar.pipeline.context import Context

PROGRAM = "airflow-scheduler"
WAREHOUSE = "TELAR_WAREHOUSE_URL"


def registry() -> Registry:
    """Every use case of this installation."""
    borrow_variables()
    return discover(read(UseCaseSettings).use_cases)


def context(name: str) -> "Context":
    """The context of the use case of that name; close it.

    Raises:
        ConfigurationError: there is no such use case, or a variable is missing.
    """
    use_case = registry().get(name)
    from telar.pipeline.context import open_context

    return open_context(use_case)


def new_run_id() -> str:
    """A run id of its own for what is started by hand."""
    return f"cli__{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}__{uuid4().hex[:6]}"


def borrow_variables() -> None:
    """Without a warehouse in the environment, take what is not set from the embedded platform of this folder."""
    if WAREHOUSE in os.environ:
        return
    try:
        programs = json.loads(find_project().programs.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    for name, value in programs[PROGRAM]["environment"].items():
        if name.startswith("TELAR_"):
            os.environ.setdefault(name, value)
