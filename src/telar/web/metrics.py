"""A metrics registry for each application, and the route that Prometheus reads."""

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response


def new_registry() -> CollectorRegistry:
    """A registry with the process's own figures; one for each application, so that tests can have many."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    return registry


def add_metrics_route(app: FastAPI, registry: CollectorRegistry) -> None:
    """``GET /metrics`` in Prometheus' text format."""

    @app.get("/metrics", tags=["service"], summary="Figures for Prometheus", response_class=Response)
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
