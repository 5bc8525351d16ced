"""The guide's example could be dropped in as it stands, and the pages of the use cases are what these say."""

import re
from pathlib import Path

import pytest

from telar.domain.candidates import Candidate
from telar.domain.description import describe
from telar.domain.use_case import DataApiSource, PublishedSource, UseCase
from telar.use_cases import discover

PROJECT = Path(__file__).resolve().parents[2]
GUIDE = PROJECT / "docs" / "add-a-data-set.md"
PAGES = PROJECT / "docs" / "use-cases"
UNTOLD = ("kind", "name", "groups", "wrapper_parameters")  # what follows from the others


def test_the_example_of_the_guide_can_be_loaded_and_makes_the_rows_that_it_promises(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (tmp_path / "bicycles.py").write_text(code)
    found = discover(tmp_path)
    assert found.broken == {}
    use_case = found.get("bicycles")
    rows = use_case.sample(2_000, 1)
    assert tuple(rows.columns) == use_case.names
    assert set(rows[use_case.target.name]) == set(use_case.target.values)
    assert rows[use_case.target.name].value_counts(normalize=True).min() > 0.1
    assert len(use_case.clean(rows)) > 1_000


def test_the_guide_explains_every_field_of_a_definition() -> None:
    guide = GUIDE.read_text()
    fields = {f"**{name}**" for name in UseCase.model_fields}
    fields |= {f"`{name}" for kind in (PublishedSource, Candidate) for name in kind.model_fields if name not in UNTOLD}
    fields |= {f"`{name}" for name in DataApiSource.model_fields if name not in UNTOLD}
    assert sorted(field for field in fields if field not in guide) == []


@pytest.mark.parametrize("name", sorted(discover(None).use_cases))
def test_the_page_of_a_built_in_use_case_is_what_its_definition_says(name: str) -> None:
    page = PAGES / f"{name}.md"
    made = describe(discover(None).get(name))
    assert page.exists(), f"run `telar describe {name} > {page.relative_to(PROJECT)}`"
    assert page.read_text() == made, f"run `telar describe {name} > {page.relative_to(PROJECT)}` again"


def test_every_page_is_of_a_use_case_that_there_is() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(discover(None).use_cases)
