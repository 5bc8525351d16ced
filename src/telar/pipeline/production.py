"""The files of registered model versions, kept in the work folder so that each is downloaded once."""

import fcntl
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

from pydantic import ValidationError

from telar.domain.base import Value
from telar.domain.contract import FILE_NAME as CONTRACT_FILE
from telar.domain.contract import Contract
from telar.domain.errors import NotServable, RegistryError, RegistryUnavailable
from telar.domain.profile import Profile
from telar.domain.promotion import Parity
from telar.pipeline.context import Context

PROFILE_FILE, PARITY_FILE = "profile.json", "parity.json"
_Read = TypeVar("_Read", bound=Value)


@contextmanager
def versions_in_use(context: Context) -> Iterator[None]:
    """Nobody forgets a version while the block runs; around every use of `version_files`."""
    with _locked(context, fcntl.LOCK_SH):
        yield


def version_files(context: Context, version: str) -> Path:
    """The folder with every file of that version's logged model.

    Raises:
        NoModel: it is not registered.
        NotServable: it has no logged model, or its files are gone.
    """
    found = context.registry.version(context.name, version)
    if not found.model_id:
        raise NotServable(f"version {version} of {context.name} is no logged model: Telar did not train it")
    folder = _shelf(context) / f"{version}-{found.model_id}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(mkdtemp(dir=folder.parent, prefix=f".{version}-"))
    try:
        _download(context, version, aside).rename(folder)
    except OSError:
        if not folder.is_dir():  # no: another run was not faster, the disk is the trouble
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _download(context: Context, version: str, folder: Path) -> Path:
    try:
        return context.registry.download(context.name, version, folder)
    except RegistryUnavailable:
        raise
    except RegistryError as error:
        raise NotServable(f"the files of version {version} of {context.name} cannot be had: {error}") from error


def forget_versions(context: Context, kept: Collection[str | None]) -> None:
    """Frees the disk of every version but those of ``kept``; they can be downloaded again.

    Where another run reads any of them, that is left to the next who asks.
    """
    try:
        with _locked(context, fcntl.LOCK_EX | fcntl.LOCK_NB):
            for folder in list(_shelf(context).glob("*")):
                if folder.name.split("-")[0] not in kept:
                    _forget(folder)
    except BlockingIOError:
        return


def _forget(folder: Path) -> None:
    """Renamed first: one whose deletion was cut short must not pass for a whole one."""
    aside = Path(mkdtemp(dir=folder.parent, prefix="."))
    folder.rename(aside / folder.name)
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _locked(context: Context, how: int) -> Iterator[None]:
    """The lock on the shelf, which the system gives back when the process ends."""
    shelf = _shelf(context)
    shelf.parent.mkdir(parents=True, exist_ok=True)
    with shelf.with_name(f".{shelf.name}.lock").open("w") as file:
        fcntl.flock(file, how)
        yield


def contract_of(folder: Path) -> Contract:
    """The version's contract (raises NotServable where it has none)."""
    return _read(folder / CONTRACT_FILE, Contract)


def parity_of(folder: Path) -> Parity:
    """How the version's ONNX form compares with the scikit-learn one (raises NotServable where nobody measured)."""
    return _read(folder / PARITY_FILE, Parity)


def profile_of(folder: Path) -> Profile:
    """The profile of the rows that the version was trained on (raises NotServable where it has none)."""
    return _read(folder / PROFILE_FILE, Profile)


def _shelf(context: Context) -> Path:
    return context.settings.work_folder / "models" / context.name


def _read(path: Path, kind: type[_Read]) -> _Read:
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise NotServable(f"the version in {path.parent.name} has no {path.name}: Telar did not train it") from error
    except ValidationError as error:
        raise NotServable(f"{path} is not what Telar writes: {error}") from error
