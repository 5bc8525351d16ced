"""How far each group has come: the rule of the window, and a small file that survives a kill at any moment."""

import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import RootModel, ValidationError

from telar.domain.base import Value
from telar.domain.errors import ConfigurationError, EndOfData

END_OF_DATA = "Ya se recolectó toda la información minima necesaria"


class Position(Value):
    """The batch that a group was last given (0: none yet), since when, and how often it began anew."""

    cycle: int = 1
    batch: int = 0
    advanced_at: datetime | None = None


class _Positions(RootModel[dict[int, Position]]):
    pass


def advance(position: Position, now: datetime, window: timedelta, batches: int) -> Position:
    """The position that a request at ``now`` is answered from: the same within the window, else the next batch.

    Raises:
        EndOfData: the last of ``batches`` was handed out and its window is over.
    """
    if position.advanced_at is not None and now - position.advanced_at < window and position.batch <= batches:
        return position
    if position.batch >= batches:
        raise EndOfData(END_OF_DATA)
    return Position(cycle=position.cycle, batch=position.batch + 1, advanced_at=now)


def read(path: Path, group: int) -> Position:
    """The group's position; the start where nothing was handed out.

    Raises:
        ConfigurationError: the file is damaged.
    """
    return _read_all(path).get(group, Position())


def write(path: Path, group: int, position: Position) -> None:
    """Replaces the file as a whole: after a kill it holds the old positions or the new ones, never half of them."""
    positions = _Positions(_read_all(path) | {group: position})
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}", delete=False) as file:
        file.write(positions.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    _sync_folder(path.parent)


def _read_all(path: Path) -> dict[int, Position]:
    if not path.exists():
        return {}
    try:
        return _Positions.model_validate_json(path.read_bytes()).root
    except ValidationError as error:
        raise ConfigurationError(f"{path} is damaged ({error}); remove it to begin anew") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
