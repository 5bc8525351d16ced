"""Telar: data API to served model, with every decision on record."""

__version__ = "0.1.0"
