"""The closed vocabulary of engineered columns; `pipeline.features` holds one transformer and one ONNX form for each."""

from typing import Annotated, Literal

from pydantic import Field

from telar.domain.base import Value
from telar.domain.columns import Name


class _Feature(Value):
    name: Name

    @property
    def inputs(self) -> tuple[str, ...]:
        raise NotImplementedError


class _OfTwo(_Feature):
    left: Name
    right: Name

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.left, self.right)


class _OfOne(_Feature):
    column: Name

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.column,)


class Sum(_OfTwo):
    """``left + right``."""

    step: Literal["sum"] = "sum"


class Difference(_OfTwo):
    """``left - right``."""

    step: Literal["difference"] = "difference"


class Hypotenuse(_OfTwo):
    """``sqrt(left² + right²)``, the straight distance of two perpendicular ones."""

    step: Literal["hypotenuse"] = "hypotenuse"


class Sine(_OfOne):
    """Sine of an angle in degrees."""

    step: Literal["sine"] = "sine"


class Cosine(_OfOne):
    """Cosine of an angle in degrees."""

    step: Literal["cosine"] = "cosine"


class Log(_OfOne):
    """``log(1 + column)`` of a non-negative column; a negative value becomes missing."""

    step: Literal["log"] = "log"


Feature = Annotated[Sum | Difference | Hypotenuse | Sine | Cosine | Log, Field(discriminator="step")]
