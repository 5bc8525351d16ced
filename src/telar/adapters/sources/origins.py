"""Where the rows of a use case come from: a file of the data folder, else a download, else its generated sample."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telar.domain.errors import DataError, SourceError
from telar.domain.lifecycle import Provenance
from telar.domain.use_case import UseCase

# pandas is imported where rows are read: a start that finds its feed ready does without.
if TYPE_CHECKING:
    from pandas import DataFrame as Frame
else:
    Frame = Any

Fetch = Callable[[int], Frame]  # UCI's id to the published table
SAMPLE_SEED = 31


@dataclass(frozen=True)
class Origin:
    """One choice: ``identity`` changes when its rows may have; ``load`` gives them; ``told`` says it to people."""

    provenance: Provenance
    identity: str
    load: Callable[[], Frame]
    told: Callable[[int], str]


def from_file(use_case: UseCase, folder: Path | None, notes: list[str]) -> Origin | None:
    """The first file of ``folder``, by name, that has the use case's columns: in the API's form, else as published.

    Why each of the others does not fit goes to ``notes``.
    """
    if folder is None:
        return None
    from telar.adapters.sources.tables import is_table, read_head

    if not folder.is_dir():
        notes.append(f"the data folder {folder} is not a folder")
        return None
    fitting: list[tuple[bool, Path]] = []
    for path in sorted(path for path in folder.iterdir() if path.is_file() and is_table(path)):
        try:
            head = read_head(path)
            to_form(use_case, head)
            fitting.append((not _has_form(use_case, head), path))
        except DataError as error:
            notes.append(f"{path.name} does not fit: {error}")
    return _file(use_case, min(fitting)[1]) if fitting else None


def from_download(use_case: UseCase, cache: Path, fetch: Fetch | None, notes: list[str]) -> Origin | None:
    """What was downloaded before, or is now by ``fetch``; kept at ``cache`` only when it came whole and fits."""
    uci_id = use_case.source.uci_id
    if uci_id is None:
        return None
    if not cache.exists() and fetch is not None:
        try:
            _keep(to_form(use_case, fetch(uci_id)), cache)
        except (SourceError, DataError) as error:
            notes.append(str(error))
    if not cache.exists():
        return None
    return Origin(
        Provenance.DOWNLOAD,
        _identity(cache),
        lambda: _loaded(use_case, cache),
        lambda rows: f"{_called(use_case)}, {rows:,} rows downloaded from the UCI repository (id {uci_id})",
    )


def from_sample(use_case: UseCase, rows: int | None) -> Origin:
    """Generated rows, and called so: as many as the use case wants, at most ``rows`` where that is given."""
    count = min(rows or use_case.source.sample_rows, use_case.source.sample_rows)
    return Origin(
        Provenance.SAMPLE,
        f"{count} rows, seed {SAMPLE_SEED}",
        lambda: to_form(use_case, use_case.sample(count, SAMPLE_SEED)),
        lambda rows: f"generated sample of {rows:,} made-up rows in the form of {_called(use_case)}; not real data",
    )


def to_form(use_case: UseCase, frame: Frame) -> Frame:
    """The frame's columns in the API's form and order.

    Raises:
        DataError: it has neither the API's columns nor those of the published form.
    """
    if not _has_form(use_case, frame):
        if use_case.read_table is None:
            missing = [name for name in use_case.names if name not in frame.columns]
            raise DataError(f"the columns {', '.join(missing)} are missing")
        frame = use_case.read_table(frame)
    return frame[list(use_case.names)]


def _file(use_case: UseCase, path: Path) -> Origin:
    return Origin(
        Provenance.FILE,
        _identity(path),
        lambda: _loaded(use_case, path),
        lambda rows: f"{_called(use_case)}, {rows:,} rows from {path.name}",
    )


def _loaded(use_case: UseCase, path: Path) -> Frame:
    from telar.adapters.sources.tables import read_table

    try:
        return to_form(use_case, read_table(path))
    except DataError as error:
        raise DataError(f"{path.name}: {error}") from error


def _keep(rows: Frame, cache: Path) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    beside = cache.with_suffix(".part")
    rows.to_parquet(beside, index=False)
    beside.replace(cache)


def _identity(path: Path) -> str:
    stat = path.stat()
    return f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns}"


def _has_form(use_case: UseCase, frame: Frame) -> bool:
    return set(use_case.names) <= set(frame.columns)


def _called(use_case: UseCase) -> str:
    return use_case.source.published_as or use_case.title
