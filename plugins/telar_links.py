"""Links from Airflow's navigation to the rest of the platform."""

from airflow.plugins_manager import AirflowPlugin

from telar.settings import PlaceSettings, read


def _views() -> list[dict[str, str]]:
    place = read(PlaceSettings)
    ports = {
        "Portal": (place.portal_port, ""),
        "MLflow": (place.mlflow_port, ""),
        "Inference API": (place.inference_port, "/docs"),
        "Data API": (place.data_api_port, "/docs"),
    }
    return [
        {
            "name": name,
            "href": f"http://{place.public_host}:{port}{path}",
            "destination": "nav",
            "category": "browse",
        }
        for name, (port, path) in ports.items()
    ]


class TelarLinks(AirflowPlugin):
    """Portal, MLflow, inference and data API in Airflow's navigation."""

    name = "telar_links"
    external_views = _views()
