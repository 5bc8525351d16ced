"""What every step needs: the use case and the backing services, opened once at an entry point."""

from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self

from telar.adapters.model_registry.registry import ModelRegistry
from telar.adapters.sources import DataApiClient
from telar.adapters.warehouse import Warehouse, open_warehouse
from telar.domain.use_case import UseCase
from telar.settings import MlflowSettings, PipelineSettings, SourceSettings, WarehouseSettings, read


@dataclass(frozen=True)
class Context:
    """One use case with its warehouse, registry and source; a context manager that closes the warehouse."""

    use_case: UseCase
    warehouse: Warehouse
    registry: ModelRegistry
    client: DataApiClient
    source: SourceSettings
    settings: PipelineSettings

    @property
    def name(self) -> str:
        """The use case's name, which is the registered model's too."""
        return self.use_case.name

    @property
    def window(self) -> timedelta:
        """How long the upstream answers with the same batch: the setting, else the use case's own."""
        own = self.use_case.source.window_seconds
        return timedelta(seconds=own if self.source.window_seconds is None else self.source.window_seconds)

    @property
    def feed(self) -> tuple[str, str, int]:
        """Whose batches these are: use case, source, group."""
        return self.name, self.use_case.source.kind, self.source.group_number

    @property
    def schedule(self) -> str:
        """When runs are due: the setting, else the use case's own."""
        return self.settings.schedule or self.use_case.schedule

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.warehouse.close()


def open_context(use_case: UseCase) -> Context:
    """The context as the environment's variables say; asks no service yet.

    Raises:
        ConfigurationError: a variable is missing or cannot be read.
    """
    source = read(SourceSettings)
    return Context(
        use_case=use_case,
        warehouse=open_warehouse(read(WarehouseSettings).url),
        registry=ModelRegistry(read(MlflowSettings)),
        client=DataApiClient(source.url, use_case, source.prefixed, source.timeout_seconds),
        source=source,
        settings=read(PipelineSettings),
    )
