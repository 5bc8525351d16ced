"""Upstream sources: the client of a course-style data API; `tables` reads published files (and imports pandas)."""

from telar.adapters.sources.data_api import DataApiClient

__all__ = ["DataApiClient"]
