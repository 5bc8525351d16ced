"""Any use case with columns of words beside its own: codes to be grouped, many shops to be encoded, an identifier."""

import numpy as np
import pandas as pd

from telar.domain.columns import Column
from telar.domain.features import Grouping, TargetEncoding
from telar.domain.groups import Group
from telar.domain.use_case import UseCase

COLUMNS = (
    Column(name="Code", kind="category", label="Code", nullable=True),
    Column(name="Shop", kind="category", label="Shop", nullable=True, identifier=True),
    Column(name="Row", kind="integer", label="Row", identifier=True),
)
GROUPS = (Group(name="low", ranges=((0, 99),)), Group(name="named", prefixes=("V",)), Group(name="one", values=("1x",)))
TENS = (Group(name="tens", prefixes=("shop 1",)),)
MISSING = 0.1


def worded(use_case: UseCase) -> UseCase:
    """That use case with codes and 60 shops, some of them missing, that say nothing of the target, and a row number."""

    def sample(rows: int, seed: int) -> pd.DataFrame:
        frame = use_case.sample(rows, seed)
        random = np.random.default_rng(seed)
        codes = [f"{number:.2f}" if number < 800 else f"V{number:.0f}" for number in random.uniform(0, 999, rows)]
        shops = [f"shop {number}" for number in random.integers(0, 60, rows)]
        known = [pd.Series(each, dtype=object).where(random.random(rows) >= MISSING) for each in (codes, shops)]
        return frame.assign(Code=known[0], Shop=known[1], Row=np.arange(rows))

    features = (
        *use_case.features,
        Grouping(name="Code_Group", column="Code", groups=GROUPS, keep=True),
        Grouping(
            name="Round", column="Shop", groups=(Group(name="tens", prefixes=("shop 1",)),), other=None, keep=True
        ),
        TargetEncoding(name="Code_Worth", column="Code_Group", keep=True),
        TargetEncoding(name="Shop_Worth", column="Shop"),
    )
    changed = {"columns": (*use_case.columns, *COLUMNS), "features": features, "sample": sample, "clean": _clean}
    example = {**use_case.example, "Code": "250.83", "Shop": "shop 7", "Row": 1}
    return use_case.model_copy(update={**changed, "example": example, "name": f"{use_case.name}_worded"})


def _clean(frame: pd.DataFrame) -> pd.DataFrame:
    return frame
