"""The inference API as an ASGI application: ``uvicorn services.inference.main:app``."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from services.inference.openapi import document
from services.inference.parts import Settings, join
from services.inference.routes import prediction_routes, shortcut
from services.inference.telling import router
from telar import __version__
from telar.web.handlers import install_error_handlers
from telar.web.logs import set_up_logs
from telar.web.metrics import add_metrics_route, new_registry
from telar.web.request_ids import RequestIds


class InferenceApi(FastAPI):
    """A FastAPI application whose document follows the loaded versions, with a shortcut to the routes that predict."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        route = shortcut(scope)
        if route is None:
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        await route(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The document for what is served right now."""
        return document(self, self.state.parts.models)


def build_app(settings: Callable[[], Settings] = Settings.from_environment) -> InferenceApi:
    """The application; ``settings`` are read when it starts."""
    metrics = new_registry()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        set_up_logs()
        parts = join(settings(), metrics)
        app.state.parts = parts
        parts.start()
        yield
        await to_thread.run_sync(parts.stop)

    app = InferenceApi(
        title="Telar inference",
        version=__version__,
        description="Predictions by whatever version of each model holds the alias `production`.",
        lifespan=lifespan,
    )
    app.add_middleware(RequestIds)
    install_error_handlers(app)
    app.router.routes[:0] = prediction_routes()
    app.include_router(router)
    add_metrics_route(app, metrics)
    return app


app = build_app()
