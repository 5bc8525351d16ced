"""The twelve columns of a listing, in the order of the data API; a listing may leave nearly everything unsaid."""

import csv
from pathlib import Path

from telar.domain.columns import Category, Column, Target
from telar.domain.features import LARGEST_WORD

STATUSES = {"for_sale": "For sale", "sold": "Sold", "ready_to_build": "Ready to build"}
STATES_FILE = Path(__file__).with_name("states.csv")


def states() -> tuple[str, ...]:
    """The states, districts and territories of the United States, by name."""
    with STATES_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(row["state"] for row in csv.DictReader(file))


def _code(name: str, label: str, help: str, maximum: int = LARGEST_WORD) -> Column:
    """A number that only names something."""
    return Column(
        name=name, kind="integer", label=label, help=help, minimum=0, maximum=maximum, nullable=True, identifier=True
    )


def _name(name: str, label: str, help: str) -> Column:
    """A text of which there are too many different ones to be compared between batches."""
    return Column(name=name, kind="category", label=label, help=help, nullable=True, identifier=True)


COLUMNS = (
    _code("brokered_by", "Broker", "The agency's number in the listings."),
    Column(
        name="status",
        kind="category",
        label="Status",
        help="Whether the house is offered, was sold, or is a lot with a house still to be built.",
        categories=tuple(Category(value=value, label=label) for value, label in STATUSES.items()),
    ),
    Column(name="bed", kind="integer", label="Bedrooms", minimum=0, maximum=60, nullable=True),
    Column(name="bath", kind="number", label="Bathrooms", minimum=0, maximum=60, nullable=True),
    Column(
        name="acre_lot",
        kind="number",
        label="Lot",
        help="The ground that belongs to it.",
        unit="acres",
        minimum=0,
        maximum=10_000,
        nullable=True,
    ),
    _code("street", "Street", "The number that stands for the street address."),
    _name("city", "City", "As the listing writes it, such as San Antonio."),
    Column(
        name="state",
        kind="category",
        label="State",
        help="A state, district or territory of the United States.",
        categories=tuple(Category(value=state, label=state) for state in states()),
        nullable=True,
    ),
    _code("zip_code", "Zip code", "Five digits; zeros in front may be left out.", 99_999),
    Column(
        name="house_size",
        kind="number",
        label="Living space",
        unit="square feet",
        minimum=50,
        maximum=100_000,
        nullable=True,
    ),
    _name("prev_sold_date", "Last sold", "The day of the sale before, such as 2021-12-01; empty where none is known."),
)
# Below are rents, mistakes and 0; above are portfolios, ranches and numbers that are none. In USD.
CHEAPEST, DEAREST = 10_000, 20_000_000
TARGET = Target(name="price", label="Price", unit="USD", minimum=CHEAPEST, maximum=DEAREST)
