"""Which use case a request is for: by the name in its path, else the default one; and whether it is served so."""

from typing import Annotated, cast

from fastapi import Depends, HTTPException, Request

from services.data_api.catalogue import Catalogue, Served
from services.data_api.parts import Parts
from services.data_api.upstream import Upstream
from telar.domain.errors import ConfigurationError, UseCaseBroken


def catalogue_of(request: Request) -> Catalogue:
    return cast(Catalogue, request.app.state.catalogue)


Known = Annotated[Catalogue, Depends(catalogue_of)]


def served(use_case: str, catalogue: Known) -> Served:
    try:
        return catalogue.get(use_case)
    except UseCaseBroken:
        raise
    except ConfigurationError as error:
        raise HTTPException(404, str(error)) from error


def default_upstream(catalogue: Known) -> Upstream:
    if catalogue.default is None:
        known = ", ".join(each.use_case.name for each in catalogue.upstreams())
        raise HTTPException(404, f"no default use case: set TELAR_DEFAULT_USE_CASE, or ask /NAME/data of {known}")
    return named_upstream(catalogue.default, catalogue)


def named_upstream(use_case: str, catalogue: Known) -> Upstream:
    found = served(use_case, catalogue)
    if isinstance(found, Parts):
        raise HTTPException(404, f"{use_case} is served in parts: see /{use_case}/dataset-info")
    return found


def parts_of(use_case: str, catalogue: Known) -> Parts:
    found = served(use_case, catalogue)
    if isinstance(found, Upstream):
        raise HTTPException(404, f"{use_case} has no parts: ask /{use_case}/data?group_number=N")
    return found
