"""The twelve columns of Cover Type and its seven kinds of forest, in the order and the words of the data API."""

import csv
from pathlib import Path

from telar.domain.columns import Category, Column, Target, TargetClass

# Areas and soils stand in the order of UCI's flags: Wilderness_Area1 is Rawah, Soil_Type1 the first of soils.csv.
AREAS = {
    "Rawah": "Rawah Wilderness Area",
    "Neota": "Neota Wilderness Area",
    "Commanche": "Comanche Peak Wilderness Area",
    "Cache": "Cache la Poudre Wilderness Area",
}
COVERS = (
    "Spruce/Fir",
    "Lodgepole Pine",
    "Ponderosa Pine",
    "Cottonwood/Willow",
    "Aspen",
    "Douglas-fir",
    "Krummholz",
)


def soils() -> dict[str, str]:
    """Code of the ecological land unit (C2702 ... C8776) to its name, in UCI's order."""
    with Path(__file__).with_name("soils.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def _measure(name: str, label: str, help: str, unit: str, minimum: float, maximum: float) -> Column:
    return Column(name=name, kind="integer", label=label, help=help, unit=unit, minimum=minimum, maximum=maximum)


def _distance(place: str, to: str, maximum: float) -> Column:
    name = f"Horizontal_Distance_To_{place.replace(' ', '_')}"
    return _measure(name, f"Distance to {place.lower()}", f"Horizontal distance to the nearest {to}.", "m", 0, maximum)


def _hillshade(name: str, hour: str) -> Column:
    return _measure(name, f"Hillshade at {hour}", f"Light at {hour} of the summer solstice, 0 to 255.", "", 0, 255)


def _vocabulary(words: dict[str, str]) -> tuple[Category, ...]:
    return tuple(Category(value=value, label=label) for value, label in words.items())


COLUMNS = (
    _measure("Elevation", "Elevation", "Height above sea level.", "m", 1_500, 4_500),
    _measure("Aspect", "Aspect", "The compass direction that the slope faces; 0 is north, 90 east.", "degrees", 0, 360),
    _measure("Slope", "Slope", "How steep the ground is; 0 is flat.", "degrees", 0, 90),
    _distance("Hydrology", "surface water", 3_000),
    _measure(
        "Vertical_Distance_To_Hydrology",
        "Height above hydrology",
        "Vertical distance to the nearest surface water; negative where the water lies higher.",
        "m",
        -1_000,
        1_000,
    ),
    _distance("Roadways", "road", 15_000),
    _hillshade("Hillshade_9am", "9 am"),
    _hillshade("Hillshade_Noon", "noon"),
    _hillshade("Hillshade_3pm", "3 pm"),
    _distance("Fire Points", "place where a wildfire began", 15_000),
    Column(
        name="Wilderness_Area",
        kind="category",
        label="Wilderness area",
        help="One of four areas of the Roosevelt National Forest, Colorado.",
        categories=_vocabulary(AREAS),
    ),
    Column(
        name="Soil_Type",
        kind="category",
        label="Soil type",
        help="Code of the ecological land unit of the US Forest Service.",
        categories=_vocabulary(soils()),
    ),
)
TARGET = Target(
    name="Cover_Type",
    label="Forest cover",
    classes=tuple(TargetClass(value=str(index), label=label) for index, label in enumerate(COVERS)),
)
