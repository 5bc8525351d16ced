"""Generated Cover Type rows for a machine without data or internet: alike in kind to the real ones, and not real.

Each kind of forest lives in a few habitats (habitats.csv: area, elevation, distances, slope, aspect, soils, as found by
clustering the published data). Hillshades follow from slope and aspect, as they do in the original.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.random import Generator
    from pandas import DataFrame as Frame
    from pandas import Series
else:
    Frame = Any

Array = Any  # a numpy array of one value a row; numpy itself is imported where rows are made

ORDER = (
    "Elevation",
    "Aspect",
    "Slope",
    "Horizontal_Distance_To_Hydrology",
    "Vertical_Distance_To_Hydrology",
    "Horizontal_Distance_To_Roadways",
    "Hillshade_9am",
    "Hillshade_Noon",
    "Hillshade_3pm",
    "Horizontal_Distance_To_Fire_Points",
    "Wilderness_Area",
    "Soil_Type",
    "Cover_Type",
)
COVER_SHARES = (0.36461, 0.48760, 0.06154, 0.00473, 0.01634, 0.02989, 0.03530)
# How much of the habitats' own spread is kept: at 1 they overlap so much that trees miss every fifth row.
SPREAD = 0.6
# Intensity on a flat place, and what a steep one facing north and east adds; fitted on the published hillshades.
SUN = {
    "Hillshade_9am": (218.1, -53.4, 120.0, 0.75),
    "Hillshade_Noon": (237.5, -72.0, -56.3, 0.65),
    "Hillshade_3pm": (156.4, -3.5, -201.1, 2.4),
}
# Column, its name in habitats.csv (mean; `_sd` its spread), lowest and highest value in the published data.
NORMAL = (
    ("Elevation", "elevation", 1859, 3858),
    ("Slope", "slope", 0, 66),
    ("Vertical_Distance_To_Hydrology", "rise", -173, 601),
)
SKEWED = (
    ("Horizontal_Distance_To_Hydrology", "hydrology", 0, 1397),
    ("Horizontal_Distance_To_Roadways", "road", 0, 7117),
    ("Horizontal_Distance_To_Fire_Points", "fire", 0, 7173),
)


def sample(rows: int, seed: int) -> Frame:
    """``rows`` rows of the data API's form, seven classes in about their real shares, the same for the same seed."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    habitats = pd.read_csv(Path(__file__).with_name("habitats.csv"))
    weights = habitats["weight"] / habitats.groupby("cover")["weight"].transform("sum")
    shares = weights * np.array(COVER_SHARES)[habitats["cover"]]
    index = random.choice(len(habitats), rows, p=shares / shares.sum())
    lived_in = habitats.iloc[index]
    columns = {**_terrain(lived_in, random), "Wilderness_Area": lived_in["area"].to_numpy()}
    columns["Soil_Type"] = _soils(habitats["soils"], index, random)
    columns["Cover_Type"] = lived_in["cover"].astype(str).to_numpy()
    return pd.DataFrame(columns)[list(ORDER)]


def _terrain(lived_in: Frame, random: "Generator") -> dict[str, Array]:
    import numpy as np

    drawn: dict[str, Array] = {}
    for column, name, low, high in NORMAL:
        values = random.normal(lived_in[name], SPREAD * lived_in[f"{name}_sd"])
        drawn[column] = np.rint(values).clip(low, high).astype(int)
    for column, name, low, high in SKEWED:
        mean, spread = lived_in[name].clip(lower=1), (SPREAD * lived_in[f"{name}_sd"]).clip(lower=1)
        values = random.gamma((mean / spread) ** 2, spread**2 / mean)
        drawn[column] = np.rint(values).clip(low, high).astype(int)
    aspect = random.vonmises(np.deg2rad(lived_in["aspect"]), lived_in["aspect_focus"]) % (2 * np.pi)
    drawn["Aspect"] = np.rint(np.rad2deg(aspect)).astype(int)
    return drawn | _hillshades(aspect, np.deg2rad(drawn["Slope"]), random)


def _hillshades(aspect: Array, slope: Array, random: "Generator") -> dict[str, Array]:
    """0 to 255; ``aspect`` and ``slope`` in radians."""
    import numpy as np

    shades = {}
    for column, (flat, north, east, noise) in SUN.items():
        light = flat * np.cos(slope) + np.sin(slope) * (north * np.cos(aspect) + east * np.sin(aspect))
        shades[column] = np.rint(light + random.normal(0, noise, len(slope))).clip(0, 254).astype(int)
    return shades


def _soils(mixtures: "Series[str]", index: Array, random: "Generator") -> Array:
    """A soil for each row, drawn from its habitat's mixture, written as "C7745:0.60 C7202:0.40"."""
    import numpy as np

    soils = np.empty(len(index), dtype=object)
    for habitat, mixture in enumerate(mixtures):
        codes, shares = zip(*(part.split(":") for part in mixture.split()), strict=True)
        weights = np.array(shares, dtype=float)
        rows = np.flatnonzero(index == habitat)
        soils[rows] = random.choice(codes, len(rows), p=weights / weights.sum())
    return soils
