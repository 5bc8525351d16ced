"""Makes the feed of one use case, as a process of its own: pandas and its memory are gone when the rows are there.

`python -m services.data_api.building ORDER` writes one JSON line for each piece of progress, then the feed's folder or
what went wrong.
"""

import hashlib
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.data_api.definitions import code_digest
from services.data_api.feed import MANIFEST, Manifest
from telar.adapters.sources.origins import Origin, from_download, from_file, from_sample
from telar.domain.base import Value
from telar.domain.errors import DataError, TelarError
from telar.domain.use_case import UseCase
from telar.use_cases import discover

# pandas is imported where rows are read or written: a start that finds its feed ready does without.
if TYPE_CHECKING:
    from pandas import DataFrame as Frame
else:
    Frame = Any

FORMAT = "2"


class Order(Value):
    """What to build and from what; the fields are those of `DataApiSettings` and `UseCaseSettings`."""

    use_case: str
    use_cases: Path | None
    data_folder: Path | None
    state_folder: Path
    download: bool
    download_timeout_seconds: float
    uci_url: str | None
    sample_rows: int | None


def build(order: Order) -> Path:
    """The folder of the feed, made now or there already from the same rows and code.

    Raises:
        DataError: the rows cannot be had as the use case needs them; the text names the file.
    """
    use_case = discover(order.use_cases).get(order.use_case)
    notes: list[str] = []
    origin = _choose(order, use_case, notes)
    key = hashlib.sha256(
        "\n".join([FORMAT, origin.provenance, origin.identity, code_digest(use_case), *notes]).encode()
    ).hexdigest()[:16]
    folder = order.state_folder / "feeds" / use_case.name / key
    if not (folder / MANIFEST).exists():
        _write(folder, use_case, origin, notes)
    return folder


def _choose(order: Order, use_case: UseCase, notes: list[str]) -> Origin:
    cache = order.state_folder / "downloads" / f"{use_case.name}.parquet"
    fetch = partial(_download, order) if order.download else None
    return (
        from_file(use_case, order.data_folder, notes)
        or from_download(use_case, cache, fetch, notes)
        or from_sample(use_case, order.sample_rows)
    )


def _download(order: Order, uci_id: int) -> Frame:
    from telar.adapters.sources.uci import Repository

    return Repository(order.uci_url, order.download_timeout_seconds, tell).download(uci_id)


def _write(folder: Path, use_case: UseCase, origin: Origin, notes: list[str]) -> None:
    from services.data_api.ordering import in_order
    from services.data_api.writing import write_feed

    tell(f"reading rows: {origin.provenance}")
    rows = origin.load()
    if rows.empty:
        raise DataError(f"{origin.told(0)}: there are no rows")
    tell(f"ordering {len(rows):,} rows")
    ordered = in_order(use_case, rows)
    tell(f"writing {len(ordered.rows):,} rows")
    manifest = Manifest(
        use_case=use_case.name,
        provenance=origin.provenance,
        origin=origin.told(len(ordered.rows)),
        rows=len(ordered.rows),
        notes=tuple(notes),
        parts=ordered.parts,
        batch_sizes=ordered.batch_sizes,
    )
    write_feed(folder, use_case, ordered.rows, manifest)


def tell(progress: str) -> None:
    """One line for whoever started this process."""
    _say(progress=progress)


def _say(**message: str) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Builds what the first argument orders; 0 where the feed is there."""
    try:
        _say(feed=str(build(Order.model_validate_json(sys.argv[1]))))
    except TelarError as error:
        _say(error=str(error))
        return 1
    except Exception as error:  # a use case's own code may raise anything; the trace goes to the log
        _say(error=f"{type(error).__name__}: {error}")
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
