"""The making of feeds in the background, one at a time, each in a process that leaves nothing in this one's memory."""

import json
import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from services.data_api.feed import Feed, open_feed
from telar.domain.errors import DataError, SourceUnavailable
from telar.settings import DataApiSettings

PROJECT = Path(__file__).parents[2]
log = logging.getLogger("uvicorn.error")


class Loading:
    """One feed on its way, or not yet asked for: what it is doing now, and the feed when it is there."""

    def __init__(self, name: str, submit: "Callable[[Loading], object]") -> None:
        self.name = name
        self.progress = "waiting its turn"
        self.feed: Future[Feed] = Future()
        self._submit = submit
        self._begun = threading.Lock()

    def begin(self) -> None:
        """Has the feed made, once; returns at once."""
        if self._begun.acquire(blocking=False):
            self._submit(self)

    @property
    def state(self) -> str:
        """idle (nobody asked yet), ready, loading with what is being done, or failed with the reason."""
        if not self._begun.locked():
            return "idle"
        if not self.feed.done():
            return f"loading: {self.progress}"
        error = self.feed.exception()
        return f"failed: {error}" if error else "ready"

    def wait(self, seconds: float) -> Feed:
        """The feed, begun where it was not, and waited for.

        Raises:
            SourceUnavailable: it is not there in time.
            DataError: it cannot be made.
        """
        self.begin()
        try:
            return self.feed.result(timeout=seconds)
        except TimeoutError as error:
            raise SourceUnavailable(f"the rows of {self.name} are still on their way: {self.progress}") from error


class Loader:
    """Builds the feeds that it is asked for, in that order; `close` ends what is under way."""

    def __init__(self, settings: DataApiSettings, use_cases: Path | None) -> None:
        self._settings = settings
        self._use_cases = use_cases
        self._turns = ThreadPoolExecutor(max_workers=1, thread_name_prefix="feeds")
        self._lock = threading.Lock()
        self._running: subprocess.Popen[str] | None = None
        self._closed = False

    def loading(self, name: str) -> Loading:
        """The feed of the use case, not begun."""
        return Loading(name, lambda loading: self._turns.submit(self._load, loading))

    def close(self) -> None:
        """Ends the build that runs and drops those that wait."""
        with self._lock:
            self._closed = True
            if self._running is not None:
                self._running.terminate()
        self._turns.shutdown(wait=True, cancel_futures=True)

    def _load(self, loading: Loading) -> None:
        try:
            folder = self._built(loading)
            feed = open_feed(folder)
            _remove_others(folder)
        except Exception as error:  # whatever it was, whoever waits for this feed must hear it
            log.error("%s: %s", loading.name, error)
            loading.feed.set_exception(error)
            return
        log.info("%s: %s", loading.name, feed.manifest.origin)
        for note in feed.manifest.notes:
            log.warning("%s: %s", loading.name, note)
        loading.feed.set_result(feed)

    def _built(self, loading: Loading) -> Path:
        process = self._started(loading.name)
        message: dict[str, str] = {}
        with process:
            for line in process.stdout or ():
                message = json.loads(line)
                if "progress" in message:
                    loading.progress = message["progress"]
                    log.info("%s: %s", loading.name, loading.progress)
        if "feed" not in message:
            reason = message.get("error", f"the build ended with status {process.returncode}; its trace is in the log")
            raise DataError(f"{loading.name} has no rows: {reason}")
        return Path(message["feed"])

    def _started(self, name: str) -> "subprocess.Popen[str]":
        settings = self._settings
        order = {
            "use_case": name,
            "use_cases": self._use_cases and str(self._use_cases.resolve()),
            "data_folder": settings.data_folder and str(settings.data_folder.resolve()),
            "state_folder": str(settings.state_folder.resolve()),
            "download": settings.download,
            "download_timeout_seconds": settings.download_timeout_seconds,
            "uci_url": settings.uci_url,
            "sample_rows": settings.sample_rows,
        }
        command = [sys.executable, "-m", "services.data_api.building", json.dumps(order)]
        with self._lock:
            if self._closed:
                raise SourceUnavailable("the data API is being stopped")
            self._running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT)
            return self._running


def _remove_others(folder: Path) -> None:
    """Feeds of former rows or definitions; whoever still has one open keeps it."""
    for other in folder.parent.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
