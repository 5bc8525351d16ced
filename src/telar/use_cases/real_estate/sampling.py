"""Generated listings for a machine without data or internet: alike in kind to the real ones, and not real.

A price follows from the level of its city, zip code and broker, from rooms, living space and lot; one listing in twelve
is bare land. Measures and dates are unknown as often as in the published listings, and some prices make no sense.
"""

from typing import TYPE_CHECKING, Any

from telar.use_cases.real_estate.columns import COLUMNS, TARGET
from telar.use_cases.real_estate.places import BROKERS, ZIP_CODES, Places, places

if TYPE_CHECKING:
    from numpy.random import Generator
    from pandas import DataFrame as Frame
else:
    Frame = Any

Array = Any  # a numpy array of one value a row; numpy itself is imported where rows are made

STATUS_SHARES = (0.624, 0.365, 0.011)  # for sale, sold, ready to build
LAND_SHARE = 0.08
LAST_STREET = 2_000_000
# Of houses; land has no rooms, and nobody measures the ground of a flat.
UNKNOWN_SHARES = {"bed": 0.152, "bath": 0.163, "house_size": 0.185, "acre_lot": 0.163}
UNKNOWN_EVERYWHERE = {"brokered_by": 0.002, "street": 0.005, "zip_code": 0.0001}
NEVER_SOLD_SHARES = (0.49, 0.05, 1.0)  # by status
FIRST_SALE, LAST_SALE = "1985-01-01", "2022-06-30"
LUXURY_SHARE, NO_PRICE_SHARE, TINY_PRICE_SHARE = 0.12, 0.0007, 0.001
HIGHEST_PRICE = 515_000_000.0
ROWS_PER_MADNESS = 100_000  # one price of 0 and one of 515 million in so many, and at least one of each


def sample(rows: int, seed: int) -> Frame:
    """``rows`` listings of the data API's form, the same for the same seed."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    world = places()
    city = random.choice(len(world.share), rows, p=world.share)
    nearby = random.integers(0, ZIP_CODES, rows)
    broker = np.minimum(random.geometric(0.4, rows), BROKERS) - 1
    status = random.choice(len(STATUS_SHARES), rows, p=STATUS_SHARES)
    land = random.random(rows) < LAND_SHARE
    house = _house(rows, random)
    level = world.level[city] + world.zip_levels[city, nearby] + world.broker_levels[city, broker]
    columns = {
        "brokered_by": world.brokers[city, broker].astype(float),
        "street": random.integers(1, LAST_STREET, rows).astype(float),
        "zip_code": world.zip_codes[city, nearby].astype(float),
        TARGET.name: _prices(level, house, status, land, random),
        **_words(world, city, status, random),
        **{name: _unknown(values, land, name, random) for name, values in house.items()},
    }
    for name, share in UNKNOWN_EVERYWHERE.items():
        columns[name][random.random(rows) < share] = np.nan
    return pd.DataFrame({name: columns[name] for name in (*(column.name for column in COLUMNS), TARGET.name)})


def _house(rows: int, random: "Generator") -> dict[str, Array]:
    """Rooms, living space in square feet, lot in acres, as they are before anything is left unsaid."""
    import numpy as np

    bed = random.choice(np.arange(1.0, 8.0), rows, p=(0.04, 0.17, 0.42, 0.26, 0.08, 0.02, 0.01))
    size = 620 * bed**0.9 * np.exp(random.normal(0, 0.25, rows))
    bath = np.clip(np.rint(0.6 + size / 1_100 + random.normal(0, 0.5, rows)), 1, 12)
    lot = np.exp(random.normal(-1.5, 1.1, rows))
    return {"bed": bed, "bath": bath, "acre_lot": lot.round(2), "house_size": np.rint(size)}


def _prices(level: Array, house: dict[str, Array], status: Array, land: Array, random: "Generator") -> Array:
    """In USD; a few luxurious, a few that are rents, some unknown, and 0 and 515 million now and then."""
    import numpy as np

    rows = len(level)
    ground = np.log(np.maximum(house["acre_lot"], 0.01) / 0.25)
    built = 0.45 * np.log(house["house_size"] / 1_700) + 0.03 * (house["bath"] - 2) + 0.02 * ground
    logarithm = level + np.where(land, 0.3 * ground - 1.0, built) + np.array([0.02, -0.03, 0.1])[status]
    logarithm += random.normal(0, 0.2, rows) + random.exponential(0.8, rows) * (random.random(rows) < LUXURY_SHARE)
    price = np.minimum(np.exp(logarithm).round(-2), HIGHEST_PRICE)
    price[random.random(rows) < TINY_PRICE_SHARE] = 1_500.0
    price[random.random(rows) < NO_PRICE_SHARE] = np.nan
    mad = random.choice(rows, min(rows, 2 * (1 + rows // ROWS_PER_MADNESS)), replace=False)
    price[mad[::2]], price[mad[1::2]] = 0.0, HIGHEST_PRICE
    return price


def _words(world: Places, city: Array, status: Array, random: "Generator") -> dict[str, Array]:
    import numpy as np

    statuses = np.array(["for_sale", "sold", "ready_to_build"], dtype=object)
    days = np.arange(FIRST_SALE, LAST_SALE, dtype="datetime64[D]").astype(str).astype(object)
    # More of the last years than of the first.
    sold = days[(len(days) * random.beta(3, 1, len(city))).astype(int)]
    sold[random.random(len(city)) < np.array(NEVER_SOLD_SHARES)[status]] = None
    return {
        "status": statuses[status],
        "city": world.names[world.name[city]],
        "state": world.states[world.state[city]],
        "prev_sold_date": sold,
    }


def _unknown(values: Array, land: Array, name: str, random: "Generator") -> Array:
    """Those values with as many unknown as in the published listings."""
    import numpy as np

    unknown = ~land & (random.random(len(values)) < UNKNOWN_SHARES[name])
    return np.where(unknown | (land & (name != "acre_lot")), np.nan, values)
