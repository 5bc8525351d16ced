"""Covertype in UCI's own form, made from the use case's sample, for tests on any machine."""

import pandas as pd

from telar.use_cases import discover
from telar.use_cases.cover_type.tables import AREA_FLAGS, MEASURES, SOIL_FLAGS


def published_covertype(rows: int, seed: int = 1) -> pd.DataFrame:
    """``rows`` rows of 55 columns, class 1 to 7: ``sample(rows, seed)`` before it was translated."""
    cover_type = discover(None).get("cover_type")
    sample = cover_type.sample(rows, seed)
    words = {column.name: [category.value for category in column.categories] for column in cover_type.columns}
    flags = {
        flag: (sample[name] == word).astype(int)
        for name, names in (("Wilderness_Area", AREA_FLAGS), ("Soil_Type", SOIL_FLAGS))
        for flag, word in zip(names, words[name], strict=True)
    }
    measures = {name: sample[name] for name in MEASURES}
    return pd.DataFrame({**measures, **flags, "Cover_Type": sample["Cover_Type"].astype(int) + 1})
