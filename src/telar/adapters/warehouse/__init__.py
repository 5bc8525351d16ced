"""The warehouse on PostgreSQL or MySQL: what was received, what became of it, and every decision about it."""

from telar.adapters.warehouse.connection import Warehouse, open_warehouse

__all__ = ["Warehouse", "open_warehouse"]
