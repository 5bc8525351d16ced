"""The guide's example is a use case that could be dropped in as it stands."""

import re
from pathlib import Path

from telar.use_cases import discover

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "add-a-data-set.md"


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
