"""What the inference API is made of, joined from its settings in one place."""

from dataclasses import dataclass
from typing import Self

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from services.inference.desk import Desk
from services.inference.figures import Figures
from services.inference.model_folder import ModelFolder
from services.inference.models import Models
from services.inference.recorder import Recorder
from services.inference.watcher import Watcher
from telar.adapters.model_registry.http import RegistryHttp
from telar.adapters.warehouse import Warehouse, open_warehouse
from telar.settings import InferenceSettings, MlflowSettings, UseCaseSettings, WarehouseSettings, read

STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Settings:
    """The variables that the inference API reads."""

    warehouse: WarehouseSettings
    mlflow: MlflowSettings
    inference: InferenceSettings
    use_cases: UseCaseSettings

    @classmethod
    def from_environment(cls) -> Self:
        """The settings of this process's environment; ConfigurationError names the variables that are not usable."""
        return cls(read(WarehouseSettings), read(MlflowSettings), read(InferenceSettings), read(UseCaseSettings))


@dataclass(frozen=True)
class Parts:
    """The joined parts; started and stopped with the application."""

    models: Models
    watcher: Watcher
    recorder: Recorder
    desk: Desk
    warehouse: Warehouse
    max_body_bytes: int
    reload_key: SecretStr | None

    def start(self) -> None:
        """Begin to follow MLflow and to record."""
        self.recorder.start()
        self.watcher.start()

    def stop(self) -> None:
        """Record what waits, and end."""
        self.watcher.stop(STOP_SECONDS)
        self.recorder.close(STOP_SECONDS)
        self.warehouse.close()


def join(settings: Settings, metrics: CollectorRegistry) -> Parts:
    """The parts of one application; nothing is asked or started yet."""
    own = settings.inference
    figures = Figures(metrics)
    models = Models(settings.use_cases.default_use_case)
    warehouse = open_warehouse(settings.warehouse.url)
    recorder = Recorder(warehouse, figures)
    registry = RegistryHttp(settings.mlflow)
    return Parts(
        models=models,
        watcher=Watcher(registry, ModelFolder(own.model_folder), models, figures, own.watch_seconds),
        recorder=recorder,
        desk=Desk(models, recorder, figures, own.max_batch_records),
        warehouse=warehouse,
        max_body_bytes=own.max_body_bytes,
        reload_key=own.reload_key,
    )
