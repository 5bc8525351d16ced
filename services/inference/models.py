"""What is being served right now, and what could not be loaded; swapped by replacing one reference."""

from dataclasses import dataclass
from datetime import datetime

from services.inference.served import Served
from telar.adapters.model_registry.http import RegisteredVersion
from telar.domain.errors import NoModel
from telar.web.errors import UnknownModel


@dataclass(frozen=True)
class LoadFailure:
    """A version that the alias names and that could not be loaded; ``attempts`` so far, tried again at ``retry_at``."""

    wanted: RegisteredVersion
    error: str
    failed_at: datetime
    attempts: int
    retry_at: datetime


class Models:
    """The served versions by model name; read by every request, written by the watcher alone."""

    def __init__(self, default: str | None) -> None:
        self.default = default
        self.served: dict[str, Served] = {}
        self.failures: dict[str, LoadFailure] = {}
        self.registered: frozenset[str] = frozenset()

    def put(self, served: Served) -> None:
        """From now on every new request is answered by this version; those under way keep theirs."""
        self.served = {**self.served, served.name: served}

    def remove(self, name: str) -> None:
        """The model is no longer served."""
        self.served = {known: served for known, served in self.served.items() if known != name}

    @property
    def names(self) -> list[str]:
        """Every model that is served, registered or the default, in alphabetical order."""
        return sorted({*self.served, *self.registered, *self.failures, *((self.default,) if self.default else ())})

    def require(self, name: str | None) -> Served:
        """The served version of a model (None: of the default use case).

        Raises:
            NoModel: there is none yet; names the DAG to run, or why the version of the alias does not load.
            UnknownModel: nobody registered such a model.
        """
        wanted = name or self.default
        if wanted is None:
            raise UnknownModel("no default use case is set: ask /models/{name}/predict, or set TELAR_DEFAULT_USE_CASE")
        served = self.served.get(wanted)
        if served is None:
            raise self.why_not(wanted)
        return served

    def why_not(self, name: str) -> NoModel | UnknownModel:
        """The error that says why nothing is served under this name."""
        failure = self.failures.get(name)
        if failure is not None:
            return NoModel(f"version {failure.wanted.version} of {name} could not be loaded: {failure.error}")
        if name in self.names:
            return NoModel(f"no model of {name} is in production yet: run the DAG {name} in Airflow")
        known = ", ".join(self.names) or "none yet"
        return UnknownModel(
            f"no model named {name[:60]!r} is registered (known: {known}); "
            "if it is a new use case, run the DAG of that name in Airflow"
        )
