"""TINY, the use case of the tests, and the folder from which a service discovers it as ``tiny``."""

from pathlib import Path

from tests.support.use_cases.tiny import USE_CASE as TINY

TINY_FOLDER = Path(__file__).parent / "use_cases"

__all__ = ["TINY", "TINY_FOLDER"]
