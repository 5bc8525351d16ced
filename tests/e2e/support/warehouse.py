"""The stack's warehouse as its roles see it, over the port on loopback; and what its data API says it handed out."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr

from services.data_api import answer_log
from services.data_api.answer_log import LoggedAnswer, digest_of_rows
from telar.adapters.warehouse import Warehouse, batches, open_warehouse, raw, tables
from telar.adapters.warehouse.batches import BatchRow
from telar.domain.lifecycle import BatchStatus
from telar.domain.partitions import PARTITIONS, partition_of
from telar.domain.use_case import UseCase
from telar.use_cases import discover
from tests.e2e.support.machine import LOOPBACK
from tests.e2e.support.stack import Stack

ROLES = {"telar": "OWNER", "batchuser": "PIPELINE", "telar_inference": "INFERENCE", "telar_reader": "READER"}
ANSWERS = f"/var/lib/telar/data-api/{answer_log.FILE_NAME}"


@dataclass(frozen=True)
class Agreement:
    """The numbers of the batches that are stored, and of those that are on record as lost."""

    stored: list[int]
    lost: list[int]


def url(stack: Stack, role: str = "batchuser") -> SecretStr:
    """The warehouse's URL for a role, from the machine."""
    login = f"{role}:{stack.env[f'TELAR_DB_{ROLES[role]}_PASSWORD']}"
    if stack.env.get("TELAR_WAREHOUSE_URL", "").startswith("mysql"):
        return SecretStr(f"mysql+pymysql://{login}@{LOOPBACK}:{stack.ports['MYSQL']}/OPS")
    return SecretStr(f"postgresql+psycopg2://{login}@{LOOPBACK}:{stack.ports['POSTGRES']}/batches_db")


def rows(stack: Stack, question: str, **values: str) -> list[dict[str, Any]]:
    """What the warehouse answers the portal's role; `{raw}`, `{clean}` and `{ops}` stand for those schemas."""
    with open_warehouse(url(stack, "telar_reader")) as warehouse, warehouse.begin() as connection:
        schemas = {name: warehouse.names.schema(name) for name in ("raw", "clean", "ops")}
        return [dict(row) for row in connection.execute(sa.text(question.format(**schemas)), values).mappings()]


def answers(stack: Stack, use_case: str) -> list[LoggedAnswer]:
    """Every answer of the data API about a use case, oldest first, as it logged them."""
    with TemporaryDirectory() as folder:
        text = stack.compose("exec", "-T", "data-api", "sh", "-c", f"[ ! -e {ANSWERS} ] || cat {ANSWERS}")
        (Path(folder) / answer_log.FILE_NAME).write_text(text)
        return [each for each in answer_log.read(Path(folder)) if each.use_case == use_case]


def agreement(stack: Stack, name: str) -> Agreement:
    """What became of each answer: stored once, exactly as handed out, or on record as lost; else AssertionError."""
    use_case = discover(stack.project / "use_cases").get(name)
    handed_out = [(each.cycle, each.batch, each.rows_sha256) for each in answers(stack, name)]
    with open_warehouse(url(stack)) as warehouse:
        known = _batches(warehouse, name)
        lost = [each for each in known if each.status == BatchStatus.LOST_UPSTREAM]
        kept = [each for each in known if each.status != BatchStatus.LOST_UPSTREAM]
        stored = [(each.cycle, each.batch_number, _digest(warehouse, use_case, each)) for each in kept]
        assert _count(warehouse, name) == sum(each.total_records or 0 for each in kept), (
            "rows without a batch, or twice"
        )
    assert Counter(stored) <= Counter(handed_out), "stored rows differ from what the data API handed out"
    numbers = sorted((each.cycle, each.batch_number) for each in known)
    assert numbers == sorted((cycle, batch) for cycle, batch, _ in handed_out), "an answer is neither stored nor lost"
    return Agreement([each.batch_number for each in kept], [each.batch_number for each in lost])


def parts(stack: Stack, name: str) -> dict[str, list[int]]:
    """The batches stored of each part of a split source, oldest first.

    Each is exactly what the data API handed out where that was asked, and rows are neither doubled nor missing.
    """
    use_case = discover(None).get(name)
    handed_out = {(each.part, each.batch + 1): each.rows_sha256 for each in answers(stack, name)}
    found: dict[str, list[int]] = {part: [] for part in PARTITIONS}
    with open_warehouse(url(stack)) as warehouse:
        known = _batches(warehouse, name)
        for batch in known:
            part = partition_of(batch.source)
            assert part is not None, batch.source
            found[part].append(batch.batch_number)
            stored = _digest(warehouse, use_case, batch)
            assert handed_out.get((part, batch.batch_number), stored) == stored, f"{part} {batch.batch_number}"
        assert _count(warehouse, name) == sum(each.total_records or 0 for each in known), (
            "rows without a batch, or twice"
        )
    return found


@contextmanager
def storing_blocked(stack: Stack, name: str) -> Iterator[None]:
    """Whoever stores rows of that use case waits for as long as the block runs."""
    with open_warehouse(url(stack, "telar")) as warehouse, warehouse.begin() as connection:
        table = f"{warehouse.names.schema('raw')}.{name}"
        mysql = warehouse.dialect == "mysql"
        connection.exec_driver_sql(f"LOCK TABLES {table} READ" if mysql else f"LOCK TABLE {table} IN SHARE MODE")
        try:
            yield
        finally:
            if mysql:
                connection.exec_driver_sql("UNLOCK TABLES")


def _batches(warehouse: Warehouse, use_case: str) -> list[BatchRow]:
    with warehouse.begin() as connection:
        chosen = sa.select(tables.batches.c.id).where(tables.batches.c.use_case == use_case)
        ids = connection.execute(chosen.order_by(tables.batches.c.id)).scalars().all()
    return [batches.get(warehouse, each) for each in ids]


def _digest(warehouse: Warehouse, use_case: UseCase, batch: BatchRow) -> str:
    stored = raw.read(warehouse, use_case, batch.id)[list(use_case.names)]
    return digest_of_rows(stored.itertuples(index=False, name=None))


def _count(warehouse: Warehouse, use_case: str) -> int:
    with warehouse.begin() as connection:
        table = f"{warehouse.names.schema('raw')}.{use_case}"
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
