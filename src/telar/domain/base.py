"""What every value of the domain is: a frozen pydantic model that refuses unknown fields."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value; a misspelt field is an error, not a silent extra."""

    model_config = ConfigDict(frozen=True, extra="forbid")
