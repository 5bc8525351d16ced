"""The addresses that people open: of the public host and the ports, or those of an installation's own services."""

from dataclasses import dataclass
from ipaddress import ip_address

from telar.settings import PlaceSettings, PortalSettings

_HERE = "127.0.0.1"


@dataclass(frozen=True)
class Link:
    """One place of the platform: what it is called, what it is for, and where a browser finds it.

    Without a ``url`` no browser elsewhere gets there, and ``way`` says in Markdown how a person does.
    """

    service: str
    title: str
    purpose: str
    url: str | None
    way: str = ""


def links(places: PlaceSettings, portal: PortalSettings) -> list[Link]:
    """Every place that a person may open; object store, Adminer and notebook only where the platform brings them."""
    found = [
        Link("airflow", "Airflow", "Pipelines: runs, logs, triggers", _at(places, places.airflow_port)),
        Link("mlflow", "MLflow", "Experiments and registered models", f"{mlflow_url(places)}/"),
        Link("inference", "Inference API", "Predictions over HTTP", _at(places, places.inference_port, "docs")),
        _data_api(places),
        Link("portal", "Portal", "Status, predictions and their history", _at(places, places.portal_port)),
    ]
    if portal.minio_url:
        url = _at(places, places.minio_console_port)
        found.append(Link("minio", "MinIO", "Object store: the models' files, by its console", url))
    if portal.adminer_url:
        url = _at(places, places.adminer_port)
        found.append(Link("adminer", "Adminer", "A look into the databases", url))
    if portal.notebook_url:
        url = _at(places, places.notebook_port)
        found.append(Link("notebook", "Notebook", "Explanations of models, two versions side by side", url))
    return found


def model_link(places: PlaceSettings, name: str, version: str | None = None) -> str:
    """Where MLflow shows a registered model, or one version of it."""
    page = f"{mlflow_url(places)}/#/models/{name}"
    return f"{page}/versions/{version}" if version else page


def dag_link(places: PlaceSettings, use_case: str) -> str:
    """Where Airflow shows the use case's DAG."""
    return _at(places, places.airflow_port, f"dags/{use_case}")


def mlflow_url(places: PlaceSettings) -> str:
    """Where people open MLflow, without a last slash."""
    return (places.mlflow_public_url or _at(places, places.mlflow_port)).rstrip("/")


def _data_api(places: PlaceSettings) -> Link:
    """Its port is on the machine's loopback only: whoever could ask it would take batches from the pipelines."""
    port = places.data_api_port
    here = f"http://{_HERE}:{port}/docs"
    url = places.data_api_public_url or (here if _is_loopback(places.public_host) else None)
    way = f"Only on the machine itself. From yours: `ssh -L {port}:{_HERE}:{port} {places.public_host}`, then `{here}`"
    return Link("data_api", "Data API", "The batches that the pipelines fetch", url, "" if url else way)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _at(places: PlaceSettings, port: int, path: str = "") -> str:
    return f"http://{places.public_host}:{port}/{path}"
