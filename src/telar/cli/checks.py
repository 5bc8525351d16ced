"""What `telar doctor` looks at: each check tells what it found, or raises the error that names the fix."""

from collections.abc import Callable, Iterator
from functools import partial

from telar.cli.opening import context, registry
from telar.domain.errors import UseCaseBroken
from telar.settings import WarehouseSettings, read

Check = tuple[str, Callable[[], str]]


def checks() -> Iterator[Check]:
    """Every check by its name: files, warehouse, then the source and the model of each use case."""
    found = registry()
    yield "use cases", lambda: ", ".join(sorted(found.use_cases)) or "none"
    for stem, error in found.broken.items():
        yield f"use case {stem}", partial(_broken, error)
    yield "warehouse", _warehouse
    for name in sorted(found.use_cases):
        yield f"source of {name}", partial(_source, name)
        yield f"model of {name}", partial(_model, name)


def _broken(error: str) -> str:
    raise UseCaseBroken(error)


def _warehouse() -> str:
    from telar.adapters.warehouse import open_warehouse
    from telar.adapters.warehouse.migrate import check

    with open_warehouse(read(WarehouseSettings).url) as warehouse:
        check(warehouse)
        return f"{warehouse.dialect} answers, with the tables of this version"


def _source(name: str) -> str:
    with context(name) as opened:
        described = opened.client.describe()
    return f"{described.origin} ({described.provenance})"


def _model(name: str) -> str:
    with context(name) as opened:
        from telar.pipeline.reconcile import reconcile

        holder = reconcile(opened)
    return f"version {holder.version} is in production" if holder else f"none yet; run the DAG {name}"
