"""Follows the alias ``production`` of every registered model: loads aside, swaps, or keeps the old version."""

import logging
import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from services.inference.figures import Figures
from services.inference.loading import Loader
from services.inference.model_folder import ModelFolder
from services.inference.models import LoadFailure, Models
from services.inference.served import Served
from telar.adapters.model_registry.http import RegisteredVersion, RegistryHttp
from telar.domain.errors import NotServable, RegistryError, RegistryUnavailable, TelarError

ALIAS = "production"
FIRST_RETRY = timedelta(seconds=10)
LAST_RETRY = timedelta(minutes=10)
_USE_CASE_NAME = re.compile(r"[a-z][a-z0-9_]*")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reloaded:
    """What a check of one model did: which version is served now (None: none), and which was before."""

    name: str
    outcome: Literal["loaded", "unchanged", "stopped", "waiting"]
    version: str | None
    previous_version: str | None


@dataclass(frozen=True)
class RegistryState:
    """What the last question to MLflow came to; ``available`` is None before the first."""

    available: bool | None
    detail: str
    checked_at: datetime | None


class Watcher:
    """The polling thread, and the same check on demand; never both at once."""

    def __init__(
        self, registry: RegistryHttp, folder: ModelFolder, models: Models, figures: Figures, watch_seconds: float
    ) -> None:
        self._registry, self._folder, self._models, self._figures = registry, folder, models, figures
        self._loader = Loader(registry, folder)
        self._watch_seconds = watch_seconds
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watcher", daemon=True)
        self.state = RegistryState(None, "not asked yet", None)

    def start(self) -> None:
        """Serve the disk copies at once, then follow MLflow."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Ask the thread to end, and wait up to ``seconds`` for it."""
        self._stopping.set()
        self._thread.join(seconds)

    def check(self) -> None:
        """Check every model; one that fails does not keep the others from being checked.

        Raises:
            RegistryError: MLflow is away or refuses; whatever is served stays.
        """
        with self._lock:
            try:
                names = self._registry.registered()
                self._models.registered = frozenset(filter(_USE_CASE_NAME.fullmatch, names))
                for name in self._models.names:
                    self._follow_quietly(name)
            except RegistryError as error:
                self._tell(False, str(error))
                raise
            self._tell(True, "answers")

    def reload(self, name: str) -> Reloaded:
        """Check one model now, also when the version of its alias failed before.

        Raises:
            NotServable, RegistryError: that version cannot be loaded, or MLflow is away; the old one goes on serving.
            NoModel, UnknownModel: no version holds the alias, and none was served.
        """
        if not _USE_CASE_NAME.fullmatch(name):
            raise self._models.why_not(name)
        with self._lock:
            result = self._follow(name, force=True)
        if result.version is None and result.outcome == "unchanged":
            raise self._models.why_not(name)
        return result

    def _watch(self) -> None:
        with self._lock:
            self._start_from_disk()
        while not self._stopping.is_set():
            try:
                self.check()
            except RegistryError:
                log.debug("MLflow is away; serving goes on")
            except Exception:
                log.exception("the watch of the models failed; it goes on")
            self._stopping.wait(self._watch_seconds)

    def _start_from_disk(self) -> None:
        for name, version in self._folder.current().items():
            try:
                self._models.put(self._loader.load_copy(name, version))
            except TelarError as error:
                self._figures.load_failures.labels(name).inc()
                log.error("the disk copy of %s cannot be served, MLflow is asked: %s", name, error)
            else:
                self._figures.swapped(name, None, version)
                log.info("%s: version %s is served from its disk copy", name, version)

    def _follow_quietly(self, name: str) -> None:
        try:
            self._follow(name, force=False)
        except RegistryUnavailable:
            raise
        except TelarError as error:
            log.debug("%s keeps what it serves: %s", name, error)

    def _follow(self, name: str, force: bool) -> Reloaded:
        wanted = self._registry.alias_version(name, ALIAS)
        served = self._models.served.get(name)
        before = served.version if served else None
        if wanted is None:
            return self._stop_serving(name, before)
        if served and (served.version, served.manifest.source) == (wanted.version, wanted.source):
            self._models.failures.pop(name, None)
            return Reloaded(name, "unchanged", before, before)
        failure = self._models.failures.get(name)
        if failure and failure.wanted == wanted and not force and datetime.now(UTC) < failure.retry_at:
            return Reloaded(name, "waiting", before, before)
        try:
            loaded = self._loader.load(wanted)
        except RegistryUnavailable:
            raise
        except (NotServable, RegistryError) as error:
            self._remember(wanted, error, before)
            raise
        self._swap(loaded, before)
        return Reloaded(name, "loaded", wanted.version, before)

    def _swap(self, loaded: Served, before: str | None) -> None:
        self._models.put(loaded)
        self._models.failures.pop(loaded.name, None)
        self._figures.swapped(loaded.name, before, loaded.version)
        self._folder.point(loaded.name, loaded.version)
        log.info("%s: version %s is served now (before: %s)", loaded.name, loaded.version, before or "none")

    def _stop_serving(self, name: str, before: str | None) -> Reloaded:
        """The alias alone says what should serve: without it nothing does, after a restart neither."""
        self._models.failures.pop(name, None)
        if before is None:
            return Reloaded(name, "unchanged", None, None)
        self._models.remove(name)
        self._folder.forget(name)
        self._figures.swapped(name, before, None)
        log.warning("%s: no version holds the alias %s any more; version %s stops serving", name, ALIAS, before)
        return Reloaded(name, "stopped", None, before)

    def _remember(self, wanted: RegisteredVersion, error: TelarError, before: str | None) -> None:
        known = self._models.failures.get(wanted.name)
        attempts = known.attempts + 1 if known and known.wanted == wanted else 1
        now = datetime.now(UTC)
        pause = min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LAST_RETRY)
        self._models.failures[wanted.name] = LoadFailure(wanted, str(error), now, attempts, now + pause)
        self._figures.load_failures.labels(wanted.name).inc()
        log.error("%s keeps serving version %s: %s", wanted.name, before or "none", error)

    def _tell(self, available: bool, detail: str) -> None:
        if self.state.available is not available:
            said = "MLflow answers" if available else f"{detail}; serving goes on"
            log.log(logging.INFO if available else logging.WARNING, "%s", said)
        self.state = RegistryState(available, detail, datetime.now(UTC))
