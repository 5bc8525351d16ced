"""What every step needs: the use case and the backing services, opened once at an entry point."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from telar.adapters.sources import DataApiClient, PartitionsClient, Place, PublishedClient
from telar.adapters.warehouse import Warehouse, open_warehouse
from telar.domain.partitions import SPLIT_AT_SOURCE
from telar.domain.use_case import PublishedSource, UseCase
from telar.pipeline.kept_split import KeptSplit
from telar.settings import MlflowSettings, PipelineSettings, SourceSettings, WarehouseSettings, read

if TYPE_CHECKING:
    from telar.adapters.model_registry.registry import ModelRegistry

Replayable = PublishedClient | PartitionsClient


@dataclass(frozen=True)
class Context:
    """One use case with its warehouse, registry and source; a context manager that closes the warehouse."""

    use_case: UseCase
    warehouse: Warehouse
    client: DataApiClient | Replayable
    source: SourceSettings
    mlflow: MlflowSettings
    settings: PipelineSettings

    @cached_property
    def registry(self) -> "ModelRegistry":
        """MLflow's registry; its package takes seconds to import, and a step that only fetches does not need it."""
        from telar.adapters.model_registry.registry import ModelRegistry

        return ModelRegistry(self.mlflow)

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
        return self.name, kind_of(self.use_case, self.source), self.source.group_number

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
    source, settings = read(SourceSettings), read(PipelineSettings)
    warehouse = open_warehouse(read(WarehouseSettings).url)
    return Context(
        use_case=use_case,
        warehouse=warehouse,
        client=client_of(use_case, source, settings, warehouse),
        source=source,
        mlflow=read(MlflowSettings),
        settings=settings,
    )


def client_of(
    use_case: UseCase, source: SourceSettings, settings: PipelineSettings, warehouse: Warehouse
) -> DataApiClient | Replayable:
    """Whom this installation asks for the use case's batches."""
    own = use_case.source
    if not isinstance(own, PublishedSource):
        return DataApiClient(source.url, use_case, source.prefixed, source.timeout_seconds)
    if source.kind == "partitions":
        return PartitionsClient(source.url, use_case, source.prefixed, source.timeout_seconds, own.batch_rows)
    place = Place(source.data_folder, settings.work_folder, source.download, source.timeout_seconds, source.uci_url)
    feed = (use_case.name, own.kind, source.group_number)
    return PublishedClient(use_case, own, place, KeptSplit(use_case, warehouse, feed))


def kind_of(use_case: UseCase, source: SourceSettings) -> str:
    """What `ops` calls the source: the use case's own kind, unless the settings ask a data service for its parts."""
    own = use_case.source.kind
    return source.kind or own if own in SPLIT_AT_SOURCE else own
