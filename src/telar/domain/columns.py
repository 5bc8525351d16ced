"""What a column is: its kind, limits, unit, words and vocabulary."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from telar.domain.base import Value

Kind = Literal["integer", "number", "category"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]


class Category(Value):
    """One word of a vocabulary, as the source writes it, and as a person reads it."""

    value: str
    label: str


class Column(Value):
    """One input column.

    ``minimum`` and ``maximum`` are inclusive and in ``unit``. A category without ``categories`` is an open
    vocabulary. An ``identifier`` is stored and served, and left out of every comparison.
    """

    name: Name
    kind: Kind
    label: str
    help: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[Category, ...] = ()
    nullable: bool = False
    identifier: bool = False

    @property
    def numeric(self) -> bool:
        return self.kind != "category"

    @property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(category.value for category in self.categories)

    @model_validator(mode="after")
    def _limits_fit_the_kind(self) -> Self:
        if not self.numeric and (self.minimum is not None or self.maximum is not None):
            raise ValueError(f"column {self.name}: a category has no minimum or maximum; remove them")
        if self.numeric and self.categories:
            raise ValueError(f"column {self.name}: a {self.kind} has no categories; set kind='category'")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"column {self.name}: minimum {self.minimum} is above maximum {self.maximum}")
        if len(self.vocabulary) != len(self.categories):
            raise ValueError(f"column {self.name}: a category stands twice in its vocabulary")
        return self


class TargetClass(Value):
    """One class of the target, and as a person reads it; ``words`` are those of the source that it stands for.

    Without words the source writes the ``value`` itself. Raw rows keep the source's words, all others hold values.
    """

    value: str
    label: str
    words: tuple[str, ...] = Field(default=(), exclude_if=lambda words: not words)


class Target(Value):
    """What is predicted: one of ``classes`` (in the order of the model's class index), or a number in ``unit``."""

    name: Name
    label: str
    unit: str = ""
    classes: tuple[TargetClass, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(each.value for each in self.classes)

    @property
    def meanings(self) -> dict[str, str]:
        """Each word that the source may write, to the class that it stands for."""
        return {word: each.value for each in self.classes for word in each.words or (each.value,)}

    def label_of(self, value: str) -> str:
        """The words for a class; the value itself where it has none."""
        return next((each.label for each in self.classes if each.value == value), value)

    @model_validator(mode="after")
    def _each_word_means_one_class(self) -> Self:
        words = [word for each in self.classes for word in each.words or (each.value,)]
        if len(self.meanings) < len(words) or len(set(self.values)) < len(self.values):
            raise ValueError(f"target {self.name}: a class or one of its words stands twice; each word means one class")
        return self
