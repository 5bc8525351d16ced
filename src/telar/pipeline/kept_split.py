"""The split of a published table, made once for each cycle and kept in the warehouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from telar.adapters.warehouse import Warehouse, splits, windows
from telar.domain.partitions import Partition
from telar.domain.use_case import UseCase
from telar.pipeline.failpoints import reach

if TYPE_CHECKING:
    from pandas import DataFrame as Frame
else:
    Frame = Any


@dataclass(frozen=True)
class KeptSplit:
    """Gives the part of each row of a table; ``feed`` is use case, source and group."""

    use_case: UseCase
    warehouse: Warehouse
    feed: tuple[str, str, int]

    def __call__(self, table: Frame, rows_sha256: str) -> Sequence[Partition]:
        """The parts as stored for the present cycle, else made from the table and stored.

        Raises:
            SourceRefused: another table was split for this cycle.
            DataError: the table cannot be split.
        """
        from telar.adapters.sources.splitting import split_table

        cycle = windows.current_cycle(self.warehouse, *self.feed)
        make = partial(split_table, self.use_case, table)
        return splits.keep(self.warehouse, self.feed, cycle, rows_sha256, make, _reach)


def _reach(place: str) -> None:
    reach(f"split.{place}")
