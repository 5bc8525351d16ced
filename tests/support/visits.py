"""VISITS, a use case from a published table, and the folder from which a service discovers it."""

from pathlib import Path

from tests.support.published.visits import USE_CASE as VISITS

VISITS_FOLDER = Path(__file__).parent / "published"

__all__ = ["VISITS", "VISITS_FOLDER"]
