"""One data API for one state folder: two would hand out batches by two different counts."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from telar.domain.errors import ConfigurationError


@contextmanager
def only_one(state_folder: Path) -> Iterator[None]:
    """Holds the folder's lock; the system gives it back when this process ends, however it ends.

    Raises:
        ConfigurationError: another data API holds it.
    """
    state_folder.mkdir(parents=True, exist_ok=True)
    with (state_folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigurationError(
                f"another data API uses {state_folder}; stop it or set TELAR_DATA_API_STATE_FOLDER"
            ) from error
        yield
