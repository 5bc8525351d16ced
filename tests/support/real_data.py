"""The published data, for the tests that can only be made with it: a folder beside the project, never in it."""

import os
from pathlib import Path

import pytest

VARIABLE = "TELAR_TEST_DATA_FOLDER"
REAL_DATA = Path(os.environ.get(VARIABLE) or Path(__file__).parents[3] / "shared" / "data")

needs_real_data = pytest.mark.skipif(
    not (REAL_DATA / "covertype.parquet").exists(),
    reason=f"UCI Covertype is not in {REAL_DATA}; set {VARIABLE} to the folder of covertype.parquet",
)
