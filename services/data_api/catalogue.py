"""Every use case that this service knows, seen anew whenever the mounted folder changes."""

import logging
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.data_api.definitions import code_digest
from services.data_api.loading import Loader
from services.data_api.parts import Parts
from services.data_api.upstream import Upstream
from telar.domain.errors import TelarError
from telar.domain.use_case import PublishedSource, UseCase
from telar.settings import DataApiSettings, UseCaseSettings
from telar.use_cases import Registry, discover

log = logging.getLogger("uvicorn.error")
WATCH_SECONDS = 2.0
Served = Upstream | Parts


@dataclass(frozen=True)
class _Known:
    registry: Registry
    upstreams: Mapping[str, Served]


class Catalogue:
    """The upstreams by use case; `get` and `refresh` look at the folder first, and a thread does so in between."""

    def __init__(self, settings: DataApiSettings, use_cases: UseCaseSettings) -> None:
        self.default = use_cases.default_use_case
        self._settings = settings
        self._folder = use_cases.use_cases
        self._loader = Loader(settings, self._folder)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._signature: object = None
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._known = _Known(Registry({}, {}), {})
        self.refresh()
        threading.Thread(target=self._watch, name="use-cases", daemon=True).start()

    def get(self, name: str) -> Served:
        """The upstream of that use case.

        Raises:
            ConfigurationError: unknown; the text lists those known. UseCaseBroken: its file cannot be loaded.
        """
        self.refresh()
        known = self._known
        return known.upstreams[known.registry.get(name).name]

    def upstreams(self) -> list[Served]:
        """All of them, by name."""
        self.refresh()
        return [upstream for _, upstream in sorted(self._known.upstreams.items())]

    @property
    def broken(self) -> dict[str, str]:
        """What is wrong with each file that could not be loaded, by its stem."""
        return dict(self._known.registry.broken)

    def refresh(self) -> None:
        """Reads the definitions again where a file of the folder came, went or changed, and starts what is new."""
        with self._lock:
            signature = _signature(self._folder)
            if signature == self._signature:
                return
            registry = discover(self._folder)
            for stem, problem in registry.broken.items():
                log.error("use case %s is broken: %s", stem, problem)
            names = sorted(
                registry.use_cases, key=lambda name: (name != self.default, name)
            )  # the default's rows first
            self._known = _Known(registry, {name: self._upstream(registry.use_cases[name]) for name in names})
            self._signature = signature

    def close(self) -> None:
        """Ends the watching and the loading."""
        self._stopped.set()
        self._loader.close()

    def _upstream(self, use_case: UseCase) -> Served:
        """The one there is, unless the code of the use case changed."""
        digest = code_digest(use_case)
        there = self._known.upstreams.get(use_case.name)
        if there is not None and there.code_digest == digest:
            return there
        loading = self._loader.loading(use_case.name)
        if self._settings.preload or use_case.name == self.default:
            loading.begin()
        turn = self._turns[use_case.name]
        if isinstance(use_case.source, PublishedSource):
            return Parts(use_case, use_case.source, self._settings, loading, digest, turn)
        return Upstream(use_case, use_case.source, self._settings, loading, digest, turn)

    def _watch(self) -> None:
        while not self._stopped.wait(WATCH_SECONDS):
            try:
                self.refresh()
            except TelarError as error:  # a mounted folder may go and come back; every request meanwhile tells it
                log.error("%s", error)


def _signature(folder: Path | None) -> object:
    """Changes with every file of the folder; read at each request, so it only looks at the directory."""
    if folder is None:
        return "built in"
    try:
        stats = [(str(path), path.stat()) for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts]
    except FileNotFoundError:  # a file went while we looked: look again next time
        return object()
    return [(path, stat.st_mtime_ns, stat.st_size) for path, stat in stats]
