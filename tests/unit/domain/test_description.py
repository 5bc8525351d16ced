"""The page of a use case says what its definition says, in sentences that are right for it."""

import pytest

from telar.domain.benchmark import Benchmark, Published
from telar.domain.candidates import Average
from telar.domain.description import describe
from telar.domain.rules import GateRules, Guard
from telar.domain.sources import DataApiSource, Selection, Where
from tests.support.priced import PRICED
from tests.support.tiny import TINY
from tests.support.visits import VISITS
from tests.support.worded import worded

GOAL = Benchmark(
    metric="mae", at_least=20.0, candidates=PRICED.candidates[:1], published=(Published(what="A paper", value=25.0),)
)
PRICE_RULES = GateRules(
    floor=150_000, min_gain=0.03, relative_gain=True, guards=(Guard(metric="rmse", tolerance=0.01, relative=True),)
)


def section(page: str, heading: str) -> str:
    return page.split(f"## {heading}\n\n")[1].split("\n\n## ")[0]


def test_every_column_is_a_row_with_its_kind_limits_unit_and_words() -> None:
    columns = section(describe(TINY), "Columns")

    assert "| Length | number | 0 to 100 m | Length | From end to end. |" in columns
    assert "| Colour | category | 3 words | Colour | red, green, blue. |" in columns


def test_identifiers_and_open_vocabularies_and_what_may_be_missing_are_told() -> None:
    columns = section(describe(worded(TINY)), "Columns")

    assert "| Shop | category | any | yes | Shop | An identifier: left out of comparisons. |" in columns


def test_a_published_source_says_how_it_is_split_and_read() -> None:
    told = section(describe(VISITS), "Where its rows come from")

    assert "60 % of the raw rows to train on" in told
    assert "rows with the same guest together" in told
    assert "the next 500 rows of the training part" in told
    assert "It writes `?` where it knows nothing." in told


def test_a_source_that_is_begun_again_says_what_stays() -> None:
    source = DataApiSource(on_exhausted="restart", keep_raw=False)
    told = section(describe(TINY.model_copy(update={"source": source})), "Where its rows come from")

    assert "begins the source again, in a new cycle" in told
    assert "the raw rows of the former cycles are deleted as well" in told
    assert "runs end without a batch" in section(describe(TINY), "Where its rows come from")


def test_the_batches_of_a_pattern_are_listed_with_their_rules() -> None:
    rules = (Where(column="Colour", words=("red", "blue")), Where(column="Length", maximum=300_000))
    source = DataApiSource(selections=(Selection(rows=73_784, where=rules), Selection(rows=4_055)))
    told = section(describe(TINY.model_copy(update={"source": source})), "Where its rows come from")

    assert "| 1 | 73,784 | Colour red or blue, and Length at most 300,000 |" in told
    assert "| 2 | 4,055 | any |" in told


def test_features_are_formulas_and_words_are_told_as_grouped_or_encoded() -> None:
    made = section(describe(worded(TINY)), "Columns made inside the model")

    assert "| `Length_Plus_Count` | Length + Count |" in made
    assert "Code grouped into low, named or one; other words are other, beside the column itself" in made
    assert "the mean of the target over the train rows with the same Shop, in its place" in made


def test_the_docstring_of_clean_says_which_rows_are_kept() -> None:
    assert "then: Only complete, distinct rows." in section(describe(TINY), "Which rows are kept")


def test_margins_that_are_shares_of_productions_are_told_as_percentages() -> None:
    page = describe(PRICED.model_copy(update={"gate": PRICE_RULES, "target_scale": "log"}))
    gate = section(page, "What a new model must show")

    assert "- mean absolute error better by at least 3 % of production's, and" in gate
    assert "- root mean squared error worse by at most 1 % of production's;" in gate
    assert "needs a mean absolute error of at most 150,000." in gate
    assert "**Price** (`Price`), in EUR.\n\nThe models learn its logarithm" in page


def test_candidates_their_search_averages_and_the_benchmark_stand_in_tables() -> None:
    average = Average(name="both", members=("ridge", "boosting"))
    page = describe(PRICED.model_copy(update={"averages": (average,), "benchmark": GOAL}))

    assert "| `both` | the mean of ridge and boosting |" in section(page, "What is trained")
    assert "max_depth 6 to 10" in section(describe(TINY), "What is trained")
    assert "mean absolute error at most 20, within 10 minutes" in section(page, "Benchmark")
    assert "| A paper | 25 |" in section(page, "Benchmark")


@pytest.mark.parametrize("use_case", [TINY, PRICED, VISITS, worded(TINY)], ids=lambda each: each.name)
def test_no_line_of_a_page_is_half_a_sentence(use_case: object) -> None:
    page = describe(use_case)  # type: ignore[arg-type]
    assert "None" not in page.replace("=None", "")
    assert "  " not in page.replace("\n  ", "\n").replace("|  |", "||").replace("|  |", "||")
    assert page.endswith("\n")
