"""The addresses that people open, built from the public host and the ports."""

from dataclasses import dataclass

from telar.settings import PlaceSettings


@dataclass(frozen=True)
class Link:
    """One place of the platform: what it is called, what it is for, and where a browser finds it."""

    service: str
    title: str
    purpose: str
    url: str


def links(places: PlaceSettings) -> list[Link]:
    """Every place that a person may open."""

    def at(port: int, path: str = "/") -> str:
        return f"http://{places.public_host}:{port}{path}"

    return [
        Link("airflow", "Airflow", "Pipelines: runs, logs, triggers", at(places.airflow_port)),
        Link("mlflow", "MLflow", "Experiments and registered models", at(places.mlflow_port)),
        Link("inference", "Inference API", "Predictions over HTTP, documented", at(places.inference_port, "/docs")),
        Link("data_api", "Data API", "The batches that the pipelines fetch", at(places.data_api_port, "/docs")),
        Link("portal", "Portal", "This page", at(places.portal_port)),
    ]


def model_link(places: PlaceSettings, name: str, version: str | None = None) -> str:
    """Where MLflow shows a registered model, or one version of it."""
    page = f"http://{places.public_host}:{places.mlflow_port}/#/models/{name}"
    return f"{page}/versions/{version}" if version else page


def dag_link(places: PlaceSettings, use_case: str) -> str:
    """Where Airflow shows the use case's DAG."""
    return f"http://{places.public_host}:{places.airflow_port}/dags/{use_case}"
