"""A class of the target may stand for several words of the source."""

import pytest

from telar.domain.columns import Target, TargetClass
from tests.support.visits import VISITS

NO = TargetClass(value="no", label="No", words=("never", "late"))
YES = TargetClass(value="yes", label="Yes")


def test_a_class_stands_for_its_words_and_without_any_for_its_value() -> None:
    target = Target(name="back", label="Back", classes=(NO, YES))
    assert target.meanings == {"never": "no", "late": "no", "yes": "yes"}
    assert target.values == ("no", "yes")


@pytest.mark.parametrize(
    "classes",
    [
        (NO, TargetClass(value="yes", label="Yes", words=("late",))),
        (NO, TargetClass(value="late", label="Late")),
        (NO, TargetClass(value="no", label="No", words=("rarely",))),
        (TargetClass(value="no", label="No", words=("never", "never")), YES),
    ],
    ids=["one word of two classes", "a word that is a class", "two classes of one value", "one word twice"],
)
def test_a_word_that_means_two_classes_is_refused(classes: tuple[TargetClass, ...]) -> None:
    with pytest.raises(ValueError, match="target back: a class or one of its words stands twice"):
        Target(name="back", label="Back", classes=classes)


def test_words_are_part_of_the_digest_and_their_absence_changes_none() -> None:
    assert "words" not in YES.model_dump()
    worded = VISITS.model_copy(update={"target": Target(name="back", label="Comes back", classes=(NO, YES))})
    other = NO.model_copy(update={"words": ("never",)})
    fewer = VISITS.model_copy(update={"target": Target(name="back", label="Comes back", classes=(other, YES))})
    assert len({VISITS.digest, worded.digest, fewer.digest}) == 3
