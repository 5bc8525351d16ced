"""What the portal talks to, from the settings: the pages' entry point to everything outside."""

from dataclasses import dataclass
from functools import cached_property, partial

import streamlit as st

from services.portal import probes
from services.portal.feeds import DataApi
from services.portal.health import Probe
from services.portal.models import Models
from telar.adapters.warehouse import Warehouse, open_warehouse
from telar.settings import InferenceSettings, MlflowSettings, PlaceSettings, PortalSettings, WarehouseSettings, read


@dataclass(frozen=True)
class Surroundings:
    """The settings of this installation, and a client for each service."""

    portal: PortalSettings
    places: PlaceSettings
    mlflow: MlflowSettings
    inference: InferenceSettings

    @cached_property
    def models(self) -> Models:
        return Models(self.inference.url.rstrip("/"), self.portal.request_seconds, self.inference.reload_key)

    @cached_property
    def data_api(self) -> DataApi:
        url = self.portal.data_api_url or f"http://127.0.0.1:{self.places.data_api_port}"
        return DataApi(url.rstrip("/"), self.portal.probe_seconds)

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse by the portal's role; opened once for the whole process.

        Raises:
            ConfigurationError: no URL is set.
        """
        return _opened(read(WarehouseSettings).url.get_secret_value())

    def probes(self) -> dict[str, Probe]:
        """One probe for each service, by the names of `links`, and the warehouse."""
        seconds = self.portal.probe_seconds
        airflow = self.portal.airflow_url or f"http://127.0.0.1:{self.places.airflow_port}"
        return {
            "airflow": partial(probes.airflow, airflow.rstrip("/"), seconds),
            "mlflow": partial(probes.mlflow, self.mlflow, seconds),
            "inference": partial(probes.inference, self.models.url, seconds),
            "data_api": partial(probes.data_api, self.data_api.url, seconds),
            "warehouse": lambda: probes.warehouse(self.warehouse),
            **self._optional_probes(),
        }

    def _optional_probes(self) -> dict[str, Probe]:
        seconds = self.portal.probe_seconds
        known = (
            ("minio", self.portal.minio_url, probes.minio),
            ("adminer", self.portal.adminer_url, probes.adminer),
            ("notebook", self.portal.notebook_url, probes.notebook),
        )
        return {name: partial(probe, url.rstrip("/"), seconds) for name, url, probe in known if url}


def surroundings() -> Surroundings:
    """The surroundings of the settings as they are now.

    Raises:
        ConfigurationError: a variable cannot be used.
    """
    return Surroundings(read(PortalSettings), read(PlaceSettings), read(MlflowSettings), read(InferenceSettings))


@st.cache_resource(show_spinner=False, on_release=Warehouse.close)
def _opened(url: str) -> Warehouse:
    return open_warehouse(url)
