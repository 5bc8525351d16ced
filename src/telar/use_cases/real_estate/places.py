"""The made-up places of the generated sample: cities with names, zip codes, brokers and levels of prices."""

import csv
from dataclasses import dataclass
from typing import Any

from telar.use_cases.real_estate.columns import STATES_FILE

Array = Any  # a numpy array; numpy itself is imported where places are made

WORLD_SEED = 1_890  # the places are the same whatever the seed of the listings
CITIES = 5_000
ZIP_CODES, BROKERS = 3, 6  # of each city
LAST_ZIP_CODE, LAST_BROKER = 99_950, 110_142
# How much of the states' differences is kept: at 1 hardly a house of a cheap one costs 300,000.
STATES_APART = 0.35
USUAL_LEVEL = 385.0
FIRST = (
    *("Ash", "Bay", "Birch", "Bridge", "Cedar", "Clay", "Clear", "Crest", "Deer", "East", "Elm", "Fair", "Fern"),
    *("Fox", "Glen", "Gold", "Grand", "Green", "Haven", "Hazel", "Iron", "Juniper", "Lake", "Laurel", "Lin", "Long"),
    *("Maple", "Mill", "Moss", "New", "North", "Oak", "Pine", "Port", "Red", "River", "Rock", "Rose", "Salt", "Sand"),
    *("Silver", "South", "Spring", "Stone", "Sun", "Tall", "West", "White", "Wild", "Willow"),
)
LAST = (
    *("brook", "bury", "dale", "field", "ford", "gate", "ham", "haven", "hurst", "land", "ley", "mont", "mouth"),
    *("port", "ridge", "side", "stead", "ton", "view", "ville", "wick", "wood", "worth"),
)


@dataclass(frozen=True)
class Places:
    """Of each city: its state's number, its name's, its share of the listings, its level of prices (a logarithm).

    ``zip_codes`` and ``brokers`` (cities x 3, cities x 6) are numbers, ``zip_levels`` and ``broker_levels`` what they
    add to the level.
    """

    states: Array
    names: Array
    state: Array
    name: Array
    share: Array
    level: Array
    zip_codes: Array
    zip_levels: Array
    brokers: Array
    broker_levels: Array


def places() -> Places:
    """The made-up cities of every state, many in a populous one."""
    import numpy as np

    random = np.random.default_rng(WORLD_SEED)
    with STATES_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shares, levels = (np.array([float(row[name]) for row in rows]) for name in ("share", "level"))
    state = np.concatenate(
        [np.arange(len(rows)), random.choice(len(rows), CITIES - len(rows), p=shares / shares.sum())]
    )
    size = random.pareto(1.2, CITIES) + 0.2
    share = size * (shares / np.bincount(state, size))[state]
    names = np.array([first + last for first in FIRST for last in LAST], dtype=object)
    apart = STATES_APART * np.log(levels / USUAL_LEVEL)
    return Places(
        states=np.array([row["state"] for row in rows], dtype=object),
        names=names,
        state=state,
        name=random.integers(0, len(names), CITIES),
        share=share / share.sum(),
        level=np.log(1_000 * USUAL_LEVEL) + apart[state] + random.normal(0, 0.17, CITIES),
        zip_codes=random.permutation(LAST_ZIP_CODE)[: CITIES * ZIP_CODES].reshape(CITIES, ZIP_CODES) + 1,
        zip_levels=random.normal(0, 0.1, (CITIES, ZIP_CODES)),
        brokers=random.permutation(LAST_BROKER)[: CITIES * BROKERS].reshape(CITIES, BROKERS) + 1,
        broker_levels=random.normal(0, 0.06, (CITIES, BROKERS)),
    )
