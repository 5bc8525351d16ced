"""What travels with every model version: all that a service needs to validate, encode and explain a prediction."""

from typing import Literal

from pydantic import JsonValue

from telar.domain.base import Value
from telar.domain.columns import Column, Target

FILE_NAME = "contract.json"


class Contract(Value):
    """The interface of one model version, stored as ``contract.json`` beside it.

    ``trained_classes`` are the target values that the model knows, in the order of its probability columns (empty
    for a regression). ``digest`` is the definition's; it names the clean tables that the model was trained on.
    """

    format: Literal[1] = 1
    name: str
    title: str
    task: Literal["classification", "regression"]
    columns: tuple[Column, ...]
    target: Target
    trained_classes: tuple[str, ...]
    example: dict[str, JsonValue]
    digest: str

    def column(self, name: str) -> Column:
        """The column of that name (KeyError otherwise)."""
        return {column.name: column for column in self.columns}[name]
