"""Upstream sources: clients of data APIs and of published tables; `tables`, `texts` and `uci` import pandas."""

from telar.adapters.sources.data_api import DataApiClient
from telar.adapters.sources.partitions import PartitionsClient
from telar.adapters.sources.published import Place, PublishedClient

__all__ = ["DataApiClient", "PartitionsClient", "Place", "PublishedClient"]
