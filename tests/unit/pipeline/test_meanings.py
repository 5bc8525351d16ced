"""A target whose classes stand for several words: raw keeps the words, typed rows and the split know the classes."""

import pandas as pd

from telar.adapters.sources.splitting import split_table
from telar.domain.columns import Target, TargetClass
from telar.domain.use_case import UseCase
from telar.pipeline.cleaning import clean_rows
from telar.pipeline.inspection import inspect
from telar.pipeline.reading import read_types
from tests.support.visits import VISITS

CLASSES = (
    TargetClass(value="no", label="No", words=("never", "late")),
    TargetClass(value="yes", label="Yes", words=("soon",)),
)
WORDED: UseCase = VISITS.model_copy(update={"target": Target(name="back", label="Comes back", classes=CLASSES)})
ROWS = pd.DataFrame(
    {
        "guest": list("12345"),
        "nights": list("12345"),
        "season": "winter",
        "back": ["never", "soon", "late", "yes", None],
        "_row": range(5),
    }
)


def test_words_become_the_classes_that_they_mean_and_the_others_are_unreadable() -> None:
    typed = read_types(WORDED, ROWS)
    assert typed.frame["back"].tolist() == ["no", "yes", "no", None, None]
    assert typed.unreadable["back"].tolist() == [False, False, False, True, False]
    assert inspect(WORDED, typed, VISITS.names).columns["back"].unreadable == 1
    assert ROWS["back"].tolist()[:3] == ["never", "soon", "late"]


def test_clean_rows_hold_the_classes() -> None:
    assert clean_rows(WORDED, ROWS)["back"].tolist() == ["no", "yes", "no"]


def test_a_source_is_split_by_the_shares_of_the_classes() -> None:
    """Two words of one class are one stratum: the same table with one word for both is split alike."""
    table = VISITS.sample(1_000, 3)
    words = table.assign(
        back=["soon" if back == "yes" else ("never", "late")[row % 2] for row, back in table["back"].items()]
    )
    assert split_table(WORDED, words).parts == split_table(VISITS, table).parts
