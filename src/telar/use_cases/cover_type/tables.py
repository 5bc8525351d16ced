"""UCI's form of Covertype (55 columns, flags for area and soil, class 1 to 7) as rows of the data API's form."""

from typing import TYPE_CHECKING, Any

from telar.domain.errors import DataError
from telar.use_cases.cover_type.columns import AREAS, COLUMNS, TARGET, soils

if TYPE_CHECKING:
    from pandas import DataFrame as Frame
else:
    Frame = Any

Array = Any  # a numpy array of one value a row; numpy itself is imported where rows are read
MEASURES = tuple(column.name for column in COLUMNS if column.numeric)
AREA_FLAGS = tuple(f"Wilderness_Area{number + 1}" for number in range(len(AREAS)))
SOIL_FLAGS = tuple(f"Soil_Type{number + 1}" for number in range(len(soils())))
PUBLISHED = (*MEASURES, *AREA_FLAGS, *SOIL_FLAGS, TARGET.name)


def read_table(frame: Frame) -> Frame:
    """``frame`` in UCI's form, with its names in any order or (covtype.data) without names, as the API's 13 columns.

    Raises:
        DataError: a column is missing, a row has no or two areas or soils, or a class is not 1 to 7.
    """
    import pandas as pd

    if frame.columns.equals(pd.RangeIndex(len(PUBLISHED))):
        frame = frame.set_axis(list(PUBLISHED), axis="columns")
    if missing := [name for name in PUBLISHED if name not in frame.columns]:
        some = ", ".join(missing[:3])
        raise DataError(f"not UCI Covertype: {len(missing)} of its {len(PUBLISHED)} columns are missing ({some}, ...)")
    rows = frame[list(MEASURES)].copy()
    rows["Wilderness_Area"] = _word(frame, AREA_FLAGS, tuple(AREAS))
    rows["Soil_Type"] = _word(frame, SOIL_FLAGS, tuple(soils()))
    rows[TARGET.name] = _classes(frame)
    return rows


def _word(frame: Frame, flags: tuple[str, ...], words: tuple[str, ...]) -> Array:
    import numpy as np

    marks = frame[list(flags)].to_numpy() == 1
    if wrong := np.flatnonzero(marks.sum(axis=1) != 1).tolist():
        count = int(marks[wrong[0]].sum())
        raise DataError(f"row {wrong[0]}: {count} of the flags {flags[0]} to {flags[-1]} are 1; exactly one must be")
    return np.array(words, dtype=object)[marks.argmax(axis=1)]


def _classes(frame: Frame) -> Array:
    import numpy as np

    classes = frame[TARGET.name].to_numpy()
    known = np.isin(classes, np.arange(1, len(TARGET.values) + 1))
    if not known.all():
        row = int(np.flatnonzero(~known)[0])
        raise DataError(f"row {row}: {TARGET.name} is {classes[row]!r}; UCI's classes are 1 to {len(TARGET.values)}")
    return np.array(TARGET.values, dtype=object)[classes.astype(int) - 1]
