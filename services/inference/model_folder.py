"""The disk copies of the served versions: kept whole or not at all, verified before use.

Layout: ``<name>/<version>/`` with the version's files and ``manifest.json``; ``<name>/current`` names the version to
start from when MLflow is away.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from services.inference.manifest import FILE_NAME as MANIFEST_FILE
from services.inference.manifest import Manifest
from telar.domain.errors import NotServable

_INCOMING = ".incoming-"
_POINTER = "current"


class ModelFolder:
    """The folder of the disk copies; used by one thread at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)
        for leftover in root.glob(f"*/{_INCOMING}*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def current(self) -> dict[str, str]:
        """The version to start from, by model name."""
        pointers = {path.parent.name: path.read_text().strip() for path in self._root.glob(f"*/{_POINTER}")}
        return {name: version for name, version in pointers.items() if version.isdigit()}

    def point(self, name: str, version: str) -> None:
        """From now on the model starts from this version; all others but the one before are removed."""
        before = self.current().get(name)
        _write_atomically(self._root / name / _POINTER, version)
        for path in (self._root / name).iterdir():
            if path.is_dir() and path.name not in (version, before):
                shutil.rmtree(path)

    def forget(self, name: str) -> None:
        """The model no longer serves, after a restart neither."""
        (self._root / name / _POINTER).unlink(missing_ok=True)

    def discard(self, name: str, version: str) -> None:
        """The copy of this version is gone."""
        shutil.rmtree(self.path(name, version), ignore_errors=True)

    def manifest(self, name: str, version: str) -> Manifest:
        """The manifest of a kept version whose files are whole.

        Raises:
            NotServable: it is not kept, or a file is missing or changed.
        """
        folder = self.path(name, version)
        try:
            manifest = Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
            changed = [file for file, digest in manifest.files.items() if _digest(folder / file) != digest]
        except (OSError, ValidationError) as error:
            raise NotServable(f"the disk copy {folder} is not whole: {error}") from error
        if changed or (manifest.name, manifest.version) != (name, version):
            raise NotServable(f"the disk copy {folder} is not what was kept: changed are {changed or [MANIFEST_FILE]}")
        return manifest

    def path(self, name: str, version: str) -> Path:
        """Where a version is kept."""
        return self._root / name / version

    def keep(self, manifest: Manifest, fill: Callable[[Path], None]) -> Manifest:
        """Let ``fill`` put a version's files into a folder aside, then take it over as a whole.

        The manifest comes back with the digests of the files.
        """
        (self._root / manifest.name).mkdir(exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=_INCOMING, dir=self._root / manifest.name))
        try:
            fill(aside)
            whole = manifest.model_copy(update={"files": {each.name: _digest(each) for each in aside.iterdir()}})
            _write_atomically(aside / MANIFEST_FILE, whole.model_dump_json(indent=1))
            self._take_over(aside, self.path(manifest.name, manifest.version))
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return whole

    def _take_over(self, aside: Path, target: Path) -> None:
        if target.exists():
            target.rename(aside.with_name(f"{aside.name}-replaced"))
        aside.rename(target)
        shutil.rmtree(aside.with_name(f"{aside.name}-replaced"), ignore_errors=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_atomically(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.new")
    with aside.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
