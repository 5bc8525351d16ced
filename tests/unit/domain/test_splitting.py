"""The split of a data set: by whole groups, each part with the shares of the classes, as scikit-learn would."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from telar.domain.errors import DataError
from telar.domain.splitting import split

CLASSES = ("no", "late", "soon")


def rows(count: int, seed: int) -> tuple[list[str], list[str]]:
    """Classes and groups: half as many groups as rows, one class rare."""
    random = np.random.default_rng(seed)
    classes = random.choice(CLASSES, count, p=[0.55, 0.34, 0.11]).tolist()
    return classes, random.integers(0, count // 2, count).astype(str).tolist()


@given(st.lists(st.tuples(st.sampled_from(CLASSES), st.integers(0, 12)), min_size=40, max_size=200))
def test_no_group_is_in_two_parts(pairs: list[tuple[str, int]]) -> None:
    groups = [str(group) for _, group in pairs]
    if len(set(groups)) < 5:
        return
    parts = split([name for name, _ in pairs], groups)
    assert all(len({part for part, each in zip(parts, groups, strict=True) if each == group}) == 1 for group in groups)


def test_the_parts_are_60_20_20_and_as_even_as_those_of_scikit_learn() -> None:
    classes, groups = rows(5_000, 3)
    parts, named = np.array(split(classes, groups)), np.array(classes)
    folds = np.empty(5_000, dtype=int)
    for fold, (_, held) in enumerate(StratifiedGroupKFold(5).split(named, named, groups)):
        folds[held] = fold

    ours = [(named[parts == part] == "soon").mean() for part in ("train", "validation", "test")]
    theirs = [(named[np.isin(folds, fold)] == "soon").mean() for fold in ([0, 1, 2], [3], [4])]

    assert np.ptp(ours) <= max(np.ptp(theirs), 0.001)
    assert [abs((parts == part).mean() - share) < 0.002 for part, share in (("train", 0.6), ("test", 0.2))] == [
        True
    ] * 2


def test_the_same_rows_give_the_same_parts() -> None:
    assert split(*rows(500, 9)) == split(*rows(500, 9))


def test_fewer_than_five_groups_are_refused() -> None:
    with pytest.raises(DataError, match="4 groups cannot be split"):
        split(["no"] * 8, ["a", "b", "c", "d"] * 2)
