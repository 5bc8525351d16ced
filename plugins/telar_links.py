"""Links from Airflow's navigation to the rest of the platform."""

from airflow.plugins_manager import AirflowPlugin

from telar.links import links
from telar.settings import PlaceSettings, PortalSettings, read


def _views() -> list[dict[str, str]]:
    return [
        {"name": link.title, "href": link.url, "destination": "nav", "category": "browse"}
        for link in links(read(PlaceSettings), read(PortalSettings))
        if link.url and link.service != "airflow"
    ]


class TelarLinks(AirflowPlugin):
    """What a browser can open of the platform's other places, in Airflow's navigation."""

    name = "telar_links"
    external_views = _views()
