"""Real estate: what a house in the United States is listed or sold for."""

from typing import TYPE_CHECKING, Any

from telar.domain.features import Grouping, Log, TargetEncoding
from telar.domain.groups import Group
from telar.domain.rules import DriftRules, GateRules, Guard
from telar.domain.use_case import DataApiSource, Selection, UseCase, Where
from telar.use_cases.real_estate.candidates import CANDIDATES
from telar.use_cases.real_estate.columns import CHEAPEST, COLUMNS, DEAREST, TARGET
from telar.use_cases.real_estate.quality import BENCHMARK
from telar.use_cases.real_estate.sampling import sample

if TYPE_CHECKING:
    from pandas import DataFrame as Frame
else:
    Frame = Any

# Periods of rising and falling prices; of the years before 1990 there are few sales each.
PERIODS = (
    (1900, 1989),
    (1990, 1999),
    (2000, 2004),
    (2005, 2009),
    (2010, 2014),
    (2015, 2019),
    (2020, 2021),
    (2022, 2029),
)
# The batches of the course's API, as it hands them out: each of another size, and of other houses.
SELECTIONS = (
    Selection(rows=73_784, where=(Where(column="status", words=("for_sale",)), Where(column="price", maximum=300_000))),
    Selection(rows=94_551, where=(Where(column="status", words=("sold",)),)),
    Selection(rows=230_366),
    Selection(rows=4_055, where=(Where(column="state", words=("Massachusetts",)),)),
    Selection(rows=320_696, where=(Where(column="price", minimum=300_000, maximum=500_000),)),
    Selection(rows=361_457, where=(Where(column="price", maximum=515_000_000),)),
)


def clean(frame: Frame) -> Frame:
    """Listings with a status and a plausible price, each once, whose known numbers lie within their limits.

    Nulls stay. A price below 10,000 or above 20 million USD is a rent, a mistake or no single house. A number out of
    its column's limits (a house of 5 square feet) makes the whole listing doubtful. A state that nobody knew stays.
    """
    kept = frame[frame["status"].notna() & frame["price"].between(CHEAPEST, DEAREST)].drop_duplicates()
    for column in COLUMNS:
        if column.minimum is not None and column.maximum is not None:
            values = kept[column.name]
            kept = kept[values.isna() | values.between(column.minimum, column.maximum)]
    return kept


def _years(first: int, last: int) -> Group:
    return Group(name=f"{first} to {last}", prefixes=tuple(f"{year}-" for year in range(first, last + 1)))


USE_CASE = UseCase(
    name="real_estate",
    title="Real estate prices",
    description="What a house in the United States is listed or sold for, told by its rooms, lot, living space, place "
    "and broker; the column names are those of the public USA Real Estate Dataset of realtor.com listings.",
    task="regression",
    source=DataApiSource(
        row_format="objects",
        selections=SELECTIONS,
        sample_rows=1_100_000,
        published_as="USA Real Estate Dataset",
        on_exhausted="restart",
        keep_raw=True,
    ),
    columns=COLUMNS,
    target=TARGET,
    target_scale="log",
    clean=clean,
    sample=sample,
    # The same house offered and sold is two rows that must not stand on both sides of a comparison.
    partition_key=("street", "city", "zip_code"),
    features=(
        Log(name="house_size_log", column="house_size"),
        Log(name="acre_lot_log", column="acre_lot"),
        Grouping(name="prev_sold_period", column="prev_sold_date", groups=tuple(_years(*each) for each in PERIODS)),
        *(TargetEncoding(name=f"{name}_worth", column=name) for name in ("brokered_by", "city", "state", "zip_code")),
    ),
    candidates=CANDIDATES,
    benchmark=BENCHMARK,
    primary_metric="mae",
    guard_metrics=("rmse", "median_absolute_percentage_error"),
    # A batch smaller than this stays pending and counts for the next decision.
    drift=DriftRules(min_new_rows=5_000),
    gate=GateRules(
        # Of an error, the most that the first model may miss on average.
        floor=300_000,
        min_gain=0.03,
        relative_gain=True,
        guards=(
            Guard(metric="rmse", tolerance=0.01, relative=True),
            Guard(metric="median_absolute_percentage_error", tolerance=0.05, relative=True),
        ),
    ),
    schedule="*/10 * * * *",
    example={
        "brokered_by": 22611,
        "status": "for_sale",
        "bed": 3,
        "bath": 2,
        "acre_lot": 0.12,
        "street": 1758218,
        "city": "San Antonio",
        "state": "Texas",
        "zip_code": 78201,
        "house_size": 1650,
        "prev_sold_date": None,
    },
)
