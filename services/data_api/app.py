"""The routes of the data API: the course's paths for the default use case, and the same below each use case's name."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse

from services.data_api.catalogue import Catalogue, Served
from services.data_api.finding import Known, default_upstream, named_upstream, served
from services.data_api.part_routes import part_routes
from services.data_api.schemas import (
    ERRORS,
    INVALID_GROUP,
    Batch,
    Description,
    Greeting,
    Health,
    Restarted,
    describe,
)
from services.data_api.single import only_one
from services.data_api.upstream import Upstream
from telar.domain.errors import ConfigurationError, DataError, EndOfData, SourceUnavailable, TelarError, UseCaseBroken
from telar.settings import DataApiSettings, UseCaseSettings

STATUSES: dict[type[TelarError], int] = {
    EndOfData: 400,
    UseCaseBroken: 503,
    SourceUnavailable: 503,
    DataError: 503,
    ConfigurationError: 500,
}
Group = Annotated[int, Query(description="The group that collects; each has its own position.", examples=[1])]


def _in_range(upstream: Upstream, group: int) -> int:
    if not 1 <= group <= upstream.groups:
        raise HTTPException(400, INVALID_GROUP)
    return group


def course_routes(upstream_of: Callable[..., Upstream]) -> APIRouter:
    """The course's two paths, for whatever use case ``upstream_of`` finds."""
    router = APIRouter(responses=ERRORS)
    Asked = Annotated[Upstream, Depends(upstream_of)]  # noqa: N806  # a type of its own for each router

    @router.get("/data", response_model=Batch)
    def data(group_number: Group, upstream: Asked) -> Response:
        """Random rows of the group's current batch; the next batch once the window is over."""
        return Response(upstream.answer(_in_range(upstream, group_number)), media_type="application/json")

    @router.get("/restart_data_generation")
    def restart_data_generation(group_number: Group, upstream: Asked) -> Restarted:
        """Back to the first batch, for this group."""
        upstream.restart(_in_range(upstream, group_number))
        return Restarted()

    return router


service_routes = APIRouter()


@service_routes.get("/health")
def health(catalogue: Known) -> Health:
    """200 as long as the service lives; the body tells which rows are there."""
    upstreams = catalogue.upstreams()
    states = {upstream.use_case.name: upstream.loading.state for upstream in upstreams}
    failed = bool(catalogue.broken) or any(state.startswith("failed") for state in states.values())
    ready = all(state in ("ready", "idle") for state in states.values())
    status = "degraded" if failed else "OK" if ready else "loading"
    return Health(status=status, use_cases=states, broken=catalogue.broken)


@service_routes.get("/", response_model_exclude_none=True)
def root(catalogue: Known) -> Greeting:
    """A greeting: the use cases, and where the rows of the default one come from."""
    names = [upstream.use_case.name for upstream in catalogue.upstreams()]
    told = describe(served(catalogue.default, catalogue)).model_dump() if catalogue.default else {}
    return Greeting(message="Telar's data API", use_cases=names, **told)


@service_routes.get("/{use_case}/", responses={404: ERRORS[404], 503: ERRORS[503]})
def description(upstream: Annotated[Served, Depends(served)]) -> Description:
    """Where the rows of this use case come from, and how they are handed out."""
    return describe(upstream)


def create_app(settings: DataApiSettings, use_cases: UseCaseSettings) -> FastAPI:
    """The service; it reads the definitions and begins to make their feeds when it is started."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with only_one(settings.state_folder):
            app.state.catalogue = Catalogue(settings, use_cases)
            yield
            app.state.catalogue.close()

    app = FastAPI(title="Telar data API", description=__doc__ or "", version="1", lifespan=lifespan)
    app.include_router(course_routes(default_upstream), tags=["default use case"])
    app.include_router(service_routes, tags=["service"])
    app.include_router(course_routes(named_upstream), prefix="/{use_case}", tags=["by use case"])
    app.include_router(part_routes, prefix="/{use_case}", tags=["by part"])
    app.add_exception_handler(TelarError, _told)
    return app


async def _told(_: Request, error: Exception) -> JSONResponse:
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    return JSONResponse({"detail": str(error)}, status)
