"""From a registered version to one in memory: by its disk copy, or by a download that becomes one."""

from services.inference.manifest import Manifest
from services.inference.model_folder import ModelFolder
from services.inference.served import PARITY_FILE, Served, load
from telar.adapters.model_registry.http import RegisteredVersion, RegistryHttp
from telar.adapters.onnx_model import FILE_NAME as MODEL_FILE
from telar.domain.contract import FILE_NAME as CONTRACT_FILE
from telar.domain.errors import NotServable, TelarError

FILES = (CONTRACT_FILE, PARITY_FILE, MODEL_FILE)


class Loader:
    """Loads versions; used by one thread at a time."""

    def __init__(self, registry: RegistryHttp, folder: ModelFolder) -> None:
        self._registry = registry
        self._folder = folder

    def load(self, wanted: RegisteredVersion) -> Served:
        """The version, smoke-tested; a copy of one that fails is not kept, so that a repaired one is seen.

        Raises:
            NotServable: whatever is wrong with it; nothing else of what a strange artifact may raise gets out.
            RegistryError: MLflow is away or refuses its files.
        """
        try:
            manifest = self._kept(wanted) or self._download(wanted)
            return self._tested(wanted, manifest)
        except TelarError:
            raise
        except Exception as error:
            which = f"version {wanted.version} of {wanted.name}"
            raise NotServable(f"{which} cannot be loaded: {type(error).__name__}: {error}") from error

    def load_copy(self, name: str, version: str) -> Served:
        """The version of a disk copy, when MLflow may be away; NotServable when it is not whole."""
        return load(self._folder.path(name, version), self._folder.manifest(name, version))

    def _tested(self, wanted: RegisteredVersion, manifest: Manifest) -> Served:
        try:
            return load(self._folder.path(wanted.name, wanted.version), manifest)
        except Exception:
            self._folder.discard(wanted.name, wanted.version)
            raise

    def _kept(self, wanted: RegisteredVersion) -> Manifest | None:
        """The manifest of the disk copy; None when there is none, or one of another model, or a damaged one."""
        try:
            manifest = self._folder.manifest(wanted.name, wanted.version)
        except NotServable:
            return None
        return manifest if manifest.source == wanted.source else None

    def _download(self, wanted: RegisteredVersion) -> Manifest:
        manifest = Manifest(
            name=wanted.name,
            version=wanted.version,
            source=wanted.source,
            run_id=wanted.run_id,
            metrics=self._registry.metrics(wanted.run_id),
            tags=wanted.tags,
            files={},
        )
        return self._folder.keep(manifest, lambda aside: self._registry.download(wanted, FILES, aside))
